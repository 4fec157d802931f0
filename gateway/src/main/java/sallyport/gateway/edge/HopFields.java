package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which fields end here (RFC 9110 section 7.6.1) and which the gateway writes itself. Pure.
 *
 * <p>A visitor could name any field in Connection to have it removed before the device sees it; those that devices decide
 * by ({@link #PROTECTED}) stay.
 */
final class HopFields {
    private static final List<String> HOP_BY_HOP = List.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "proxy-authorization",
            "proxy-authenticate");
    private static final Set<String> PROTECTED = Set.of(
            "host",
            "authorization",
            "cookie",
            "content-length",
            "content-type",
            "origin",
            "referer",
            "via",
            "cache-control",
            "expect",
            "set-cookie",
            "www-authenticate",
            "location");
    /** What says who the visitor is, in the spelling of any proxy: never believed from outside. */
    private static final Set<String> IDENTITY = Set.of(
            "forwarded",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "x-original-forwarded-for",
            "x-original-host",
            "x-original-url",
            "x-rewrite-url",
            "x-request-id");

    private static final Set<String> NOT_IN_TRAILERS =
            Set.of("content-encoding", "content-range", "trailer", "set-cookie", "max-forwards", "proxy-authorization");

    private HopFields() {}

    /** The protocol that a request or answer switches to, when Connection says so. */
    static Optional<String> upgrade(HttpHeaders fields) {
        boolean named = fields.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
        String protocol = fields.get(HttpHeaderNames.UPGRADE);
        return named && protocol != null ? Optional.of(protocol) : Optional.empty();
    }

    /** Removes what was meant for the gateway alone. */
    static void removeHopByHop(HttpHeaders fields) {
        for (String list : fields.getAll(HttpHeaderNames.CONNECTION)) {
            Arrays.stream(list.split(","))
                    .map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .filter(name -> !name.isEmpty() && !PROTECTED.contains(name))
                    .forEach(fields::remove);
        }
        HOP_BY_HOP.forEach(fields::remove);
    }

    /** Removes what could make a device believe that the visitor is somebody else. */
    static void removeIdentity(HttpHeaders fields) {
        for (String name : List.copyOf(fields.names())) {
            String canonical = name.toLowerCase(Locale.ROOT).replace('_', '-');
            if (canonical.startsWith("x-forwarded") || IDENTITY.contains(canonical)) {
                fields.remove(name);
            }
        }
    }

    /** Says who the visitor is and what it asked for (RFC 7239, and the older fields that most devices read). */
    static void addIdentity(HttpHeaders fields, InetAddress visitor, String host, String scheme) {
        String address = visitor.getHostAddress();
        int zone = address.indexOf('%');
        String plain = zone < 0 ? address : address.substring(0, zone);
        String node = visitor instanceof Inet6Address ? "\"[" + plain + "]\"" : plain;
        fields.set("X-Forwarded-For", plain);
        fields.set("X-Forwarded-Proto", scheme);
        fields.set("X-Forwarded-Host", host);
        fields.set("Forwarded", "for=" + node + ";host=\"" + host + "\";proto=" + scheme);
    }

    /** Drops trailer fields that frame, route or authenticate a message (RFC 9110 section 6.5.1). */
    static void cleanTrailers(HttpHeaders trailers) {
        if (trailers.isEmpty()) {
            return;
        }
        HOP_BY_HOP.forEach(trailers::remove);
        PROTECTED.forEach(trailers::remove);
        NOT_IN_TRAILERS.forEach(trailers::remove);
        removeIdentity(trailers);
    }
}
