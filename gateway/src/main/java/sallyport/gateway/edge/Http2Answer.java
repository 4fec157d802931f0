package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Turns heads and trailers of answers into field blocks of HTTP/2 (RFC 9113 section 8.2). Pure. */
final class Http2Answer {
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "te");

    private Http2Answer() {}

    /** A switch of protocols is a success here (RFC 8441 section 5); its proof belongs to HTTP/1.1. */
    static Http2Headers head(HttpResponse answer) {
        boolean switching = answer.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
        Http2Headers block = new DefaultHttp2Headers(false);
        block.status(
                switching ? HttpResponseStatus.OK.codeAsText() : answer.status().codeAsText());
        copy(answer.headers(), block);
        if (switching) {
            block.remove("sec-websocket-accept");
        }
        return block;
    }

    static Http2Headers trailers(HttpHeaders trailers) {
        Http2Headers block = new DefaultHttp2Headers(false);
        copy(trailers, block);
        return block;
    }

    private static void copy(HttpHeaders fields, Http2Headers block) {
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!OF_THE_CONNECTION.contains(name)) {
                block.add(name, field.getValue());
            }
        }
    }
}
