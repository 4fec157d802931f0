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
import sallyport.gateway.event.GatewayEvent.Slip;

/**
 * Answers of devices (RFC 9112 section 4). Slips of spelling are mended, ambiguous framing is not. A byte that belongs to no
 * request is a violation: the second answer of a smuggled request never reaches anybody. Runs on the stream's loop.
 */
final class ResponseDecoder extends MessageDecoder {
    private HttpMethod method = HttpMethod.GET;

    ResponseDecoder(Grammar grammar) {
        super(HeadLimits.device(grammar), State.HELD);
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
    boolean restIsWanted() {
        return true;
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
        StatusLine line = StatusLine.parse(head, end, limits().grammar());
        HttpVersion version = line.version();
        HttpResponseStatus status = line.status();
        HttpHeaders fields = FieldParser.parse(head, lineFeed + 1, head.length, limits());
        if (status.code() < 200) {
            return interim(version, status, fields);
        }
        body(line, fields);
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

    private void body(StatusLine line, HttpHeaders fields) throws MalformedMessage {
        BodyLength length = BodyLength.of(fields, limits().grammar());
        if (length.kind() == BodyLength.Kind.CHUNKED && line.version().equals(HttpVersion.HTTP_1_0)) {
            limits().grammar().meet(Slip.CHUNKED_IN_HTTP_1_0);
        }
        if (length.kind() == BodyLength.Kind.FIXED) {
            fields.set("Content-Length", Long.toString(length.bytes()));
        }
        int code = line.status().code();
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
