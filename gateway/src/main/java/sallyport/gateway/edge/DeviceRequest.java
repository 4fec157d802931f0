package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** Turns a visitor's request into what the device gets. Changes the request in place. */
final class DeviceRequest {
    private DeviceRequest() {}

    /**
     * Host, target and everything that belongs to the device stay as they are; fields of the connection go; who the visitor
     * is and where the request went through is said by the gateway.
     */
    static void prepare(Exchange exchange, RequestRules.Verdict.Accepted accepted, Visitor visitor, String self) {
        HttpRequest request = exchange.request;
        HttpHeaders fields = request.headers();
        boolean chunked = fields.contains(HttpHeaderNames.TRANSFER_ENCODING);
        boolean trailers = fields.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
        String version = version(request.protocolVersion());
        request.setUri(accepted.target());
        HopFields.removeHopByHop(fields);
        HopFields.removeIdentity(fields);
        if (!fields.contains(HttpHeaderNames.HOST)) {
            fields.set("Host", accepted.host());
        }
        if (exchange.oldVersion) {
            fields.remove(HttpHeaderNames.EXPECT);
        }
        if (fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            long length = Long.parseLong(fields.get(HttpHeaderNames.CONTENT_LENGTH, "0"));
            fields.set("Content-Length", Long.toString(length));
        }
        if (chunked) {
            fields.set("Transfer-Encoding", "chunked");
        }
        if (exchange.upgrade.isPresent()) {
            fields.set("Connection", "Upgrade");
            fields.set("Upgrade", exchange.upgrade.get());
        } else if (trailers) {
            fields.set("Connection", "TE");
            fields.set("TE", "trailers");
        }
        String host = publicHost(exchange, accepted.host(), visitor);
        String scheme = exchange.introduction == null
                ? "https"
                : exchange.introduction.scheme().orElse("https");
        HopFields.addIdentity(fields, exchange.visitor(visitor).address().getAddress(), host, scheme);
        exchange.publicHost = host;
        fields.set(RequestId.FIELD, exchange.id);
        fields.add("Via", version + " " + self);
    }

    private static String publicHost(Exchange exchange, String asked, Visitor visitor) {
        return exchange.introduction == null
                ? asked
                : exchange.introduction.hostOf(visitor.hostname()).orElse(asked);
    }

    /** As Via says it (RFC 9110 section 7.6.3). */
    private static String version(HttpVersion version) {
        return version.majorVersion() == 1 ? "1." + version.minorVersion() : Integer.toString(version.majorVersion());
    }
}
