package sallyport.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * Answers of devices (RFC 9112 section 4). Sloppy spelling is mended, ambiguous framing is not. A byte that belongs to no
 * request is a violation: the second answer of a smuggled request never reaches anybody. Runs on the stream's loop.
 */
final class ResponseDecoder extends MessageDecoder {
    private HttpMethod method = HttpMethod.GET;

    ResponseDecoder() {
        super(HeadLimits.DEVICE, State.HELD);
    }

    /** A request with this method was sent: its answer may come. */
    void expect(HttpMethod method) {
        this.method = method;
        expectHead();
    }

    /** True when the end of the device's output is the end of the message (RFC 9112 section 6.3 item 8). */
    boolean endsWithConnection() {
        return state() == State.UNTIL_END;
    }

    @Override
    State afterMessage() {
        return State.HELD;
    }

    @Override
    HttpMessage head(byte[] head) throws MalformedMessage {
        int lineFeed = 0;
        while (head[lineFeed] != '\n') {
            lineFeed++;
        }
        int end = lineFeed > 0 && head[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
        String line = new String(head, 0, end, StandardCharsets.ISO_8859_1);
        if (!line.matches("HTTP/1\\.[01] [1-9][0-9][0-9]( .*)?") || line.indexOf('\r') >= 0) {
            throw MalformedMessage.bad("a status line that is none");
        }
        int code = Integer.parseInt(line.substring(9, 12));
        String reason = line.length() > 13 ? line.substring(13) : "";
        HttpVersion version = line.charAt(7) == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        HttpHeaders fields = FieldParser.parse(head, lineFeed + 1, head.length, limits());
        HttpResponseStatus status = new HttpResponseStatus(code, reason);
        if (code < 200) {
            return interim(version, status, fields);
        }
        body(code, fields);
        return new DefaultHttpResponse(version, status, fields);
    }

    private HttpMessage interim(HttpVersion version, HttpResponseStatus status, HttpHeaders fields) {
        if (status.code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            raw();
            return new DefaultHttpResponse(version, status, fields);
        }
        expectHead();
        return new DefaultFullHttpResponse(
                version,
                status,
                Unpooled.EMPTY_BUFFER,
                fields,
                DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
    }

    private void body(int code, HttpHeaders fields) throws MalformedMessage {
        BodyLength length = BodyLength.of(fields, limits().grammar());
        if (method.equals(HttpMethod.HEAD) || code == 204 || code == 304) {
            noBody();
            return;
        }
        switch (length.kind()) {
            case CHUNKED -> chunked();
            case FIXED -> fixed(length.bytes());
            case NONE -> untilEnd();
        }
    }
}
