package sallyport.gateway.edge;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import sallyport.gateway.fault.Fault;

/** Requests of visitors, read to the letter (RFC 9112 section 3). Runs on the visitor's loop. */
final class RequestDecoder extends MessageDecoder {
    RequestDecoder() {
        super(HeadLimits.VISITOR, State.HEAD);
    }

    @Override
    boolean restIsWanted() {
        return false;
    }

    @Override
    State afterMessage() {
        return State.HEAD;
    }

    @Override
    HttpMessage head(byte[] head) throws MalformedMessage {
        int end = lineEnd(head);
        int methodEnd = indexOf(head, ' ', 0, end);
        int targetEnd = indexOf(head, ' ', methodEnd + 1, end);
        HttpMethod method = HttpMethod.valueOf(method(head, methodEnd));
        String target = target(head, methodEnd + 1, targetEnd);
        HttpVersion version = version(head, targetEnd + 1, end);
        HttpHeaders fields = FieldParser.parse(head, end + 2, head.length, limits());
        boolean old = version.equals(HttpVersion.HTTP_1_0);
        if (old && fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            throw MalformedMessage.bad("a transfer coding in HTTP/1.0");
        }
        BodyLength length = BodyLength.of(fields, limits().grammar());
        switch (length.kind()) {
            case NONE -> noBody();
            case FIXED -> fixed(length.bytes());
            case CHUNKED -> chunked();
        }
        return new DefaultHttpRequest(version, method, target, fields, false);
    }

    private static int lineEnd(byte[] head) {
        int at = 0;
        while (head[at] != '\n') {
            at++;
        }
        return at - 1;
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int end) throws MalformedMessage {
        for (int i = from; i < end; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        throw MalformedMessage.bad("a request line that has not three words");
    }

    private static String method(byte[] head, int end) throws MalformedMessage {
        for (int i = 0; i < end; i++) {
            if (!FieldParser.isToken(head[i])) {
                throw MalformedMessage.bad("a method that is no token");
            }
        }
        if (end == 0) {
            throw MalformedMessage.bad("no method");
        }
        return new String(head, 0, end, StandardCharsets.ISO_8859_1);
    }

    /** Bytes above 127 are passed on as they are; a fragment never belongs on the wire (RFC 9112 section 3.2). */
    private static String target(byte[] head, int from, int end) throws MalformedMessage {
        for (int i = from; i < end; i++) {
            if ((head[i] >= 0 && head[i] <= ' ') || head[i] == 0x7f || head[i] == '#') {
                throw MalformedMessage.bad("a character that may not stand in a request target");
            }
        }
        if (from == end) {
            throw MalformedMessage.bad("an empty request target");
        }
        return new String(head, from, end - from, StandardCharsets.ISO_8859_1);
    }

    private static HttpVersion version(byte[] head, int from, int end) throws MalformedMessage {
        String version = new String(head, from, end - from, StandardCharsets.ISO_8859_1);
        return switch (version) {
            case "HTTP/1.1" -> HttpVersion.HTTP_1_1;
            case "HTTP/1.0" -> HttpVersion.HTTP_1_0;
            default -> {
                if (version.matches("HTTP/[0-9](\\.[0-9])?")) {
                    throw new MalformedMessage(Refusal.of(
                            HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED,
                            Fault.BAD_REQUEST.problem("detail", "a version of HTTP that is not spoken here")));
                }
                throw MalformedMessage.bad("a request line that has not three words");
            }
        };
    }
}
