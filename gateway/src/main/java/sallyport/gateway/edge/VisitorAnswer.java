package sallyport.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;

/** Turns the head of a device's answer into what the visitor gets: written anew, never copied (RFC 9112 section 11). */
final class VisitorAnswer {
    private VisitorAnswer() {}

    /** True when the device will take another request on its connection after this answer. */
    static boolean deviceKeepsConnection(HttpResponse head) {
        boolean close = head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        boolean old = head.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && !head.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true);
        return !close && !old;
    }

    /** An interim answer (RFC 9110 section 15.2). */
    static HttpResponse interim(HttpResponse head) {
        HopFields.removeHopByHop(head.headers());
        head.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        return head.setProtocolVersion(HttpVersion.HTTP_1_1);
    }

    /** The switch to another protocol, which the visitor has asked for. */
    static HttpResponse switching(HttpResponse head, String protocol) {
        HopFields.removeHopByHop(head.headers());
        head.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        head.headers().set("Connection", "Upgrade").set("Upgrade", protocol);
        return head.setProtocolVersion(HttpVersion.HTTP_1_1);
    }

    /**
     * A final answer. Its body's length is said by Content-Length when the device said so, else in chunks, else (HTTP/1.0)
     * by the end of the connection.
     */
    static HttpResponse last(HttpResponse head, Exchange exchange) {
        HttpHeaders fields = head.headers();
        int code = head.status().code();
        boolean empty = exchange.isHead() || code == 204 || code == 304;
        HopFields.removeHopByHop(fields);
        if (code == 204) {
            fields.remove(HttpHeaderNames.CONTENT_LENGTH); // RFC 9110 section 8.6
        }
        boolean measured = fields.contains(HttpHeaderNames.CONTENT_LENGTH);
        if (!empty && !measured && exchange.oldVersion) {
            exchange.keepAlive = false;
        } else if (!empty && !measured) {
            fields.set("Transfer-Encoding", "chunked");
        }
        if (!exchange.leavesConnectionUsable()) {
            fields.set("Connection", "close");
        }
        if (exchange.isHead()) {
            return new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    head.status(),
                    Unpooled.EMPTY_BUFFER,
                    fields,
                    DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
        }
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status(), fields);
    }
}
