package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import sallyport.gateway.event.GatewayEvent.Slip;

/**
 * How long a body is, by its fields alone (RFC 9112 section 6.3). Pure.
 *
 * @param kind which field decides
 * @param bytes its length when fixed, else 0
 */
record BodyLength(Kind kind, long bytes) {
    enum Kind {
        NONE,
        FIXED,
        CHUNKED
    }

    /** Most digits of a Content-Length: below 2^63. */
    private static final int MAX_DIGITS = 18;

    /**
     * Reads Content-Length and Transfer-Encoding of a message of HTTP/1.1.
     *
     * @throws MalformedMessage when they contradict each other or say what is not one number or {@code chunked}
     */
    static BodyLength of(HttpHeaders fields, Grammar grammar) throws MalformedMessage {
        List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw MalformedMessage.bad("a transfer coding other than chunked");
            }
            if (!lengths.isEmpty()) {
                throw MalformedMessage.bad("both Content-Length and Transfer-Encoding");
            }
            return new BodyLength(Kind.CHUNKED, 0);
        }
        if (lengths.isEmpty()) {
            return new BodyLength(Kind.NONE, 0);
        }
        if (lengths.size() == 1 && lengths.getFirst().indexOf(',') < 0) {
            return new BodyLength(Kind.FIXED, number(lengths.getFirst()));
        }
        return new BodyLength(Kind.FIXED, repeated(lengths, grammar));
    }

    /** One number said more than once, in several fields or with commas (RFC 9110 section 8.6). */
    private static long repeated(List<String> lengths, Grammar grammar) throws MalformedMessage {
        List<String> members = lengths.stream()
                .flatMap(list -> Arrays.stream(list.split(",", -1)))
                .map(String::strip)
                .distinct()
                .toList();
        if (members.size() > 1) {
            throw MalformedMessage.bad("more than one Content-Length");
        }
        long length = number(members.getFirst());
        grammar.meet(Slip.REPEATED_LENGTH);
        return length;
    }

    private static long number(String digits) throws MalformedMessage {
        boolean number = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number) {
            throw MalformedMessage.bad("a Content-Length that is no number");
        }
        return Long.parseLong(digits);
    }
}
