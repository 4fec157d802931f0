package sallyport.gateway.edge;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.event.GatewayEvent.Slip;
import sallyport.gateway.fault.Fault;

/** Reads field lines (RFC 9112 section 5). Pure; order and case of the names are kept. */
final class FieldParser {
    private final HeadLimits limits;
    private final HttpHeaders fields =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    private int count;
    private @Nullable String name;
    private String value = "";

    FieldParser(HeadLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads the lines in {@code bytes} from {@code from} up to and without the empty line.
     *
     * @throws MalformedMessage for what RFC 9112 forbids, and beyond the limits
     */
    static HttpHeaders parse(byte[] bytes, int from, int to, HeadLimits limits) throws MalformedMessage {
        FieldParser parser = new FieldParser(limits);
        int at = from;
        while (at < to) {
            int lineFeed = at;
            while (lineFeed < to && bytes[lineFeed] != '\n') {
                lineFeed++;
            }
            int end = lineFeed > at && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
            if (end == at) {
                break;
            }
            parser.line(bytes, at, end);
            at = lineFeed + 1;
        }
        parser.flush();
        return parser.fields;
    }

    private void line(byte[] bytes, int from, int end) throws MalformedMessage {
        if (end - from > limits.line()) {
            throw tooLarge();
        }
        if (bytes[from] == ' ' || bytes[from] == '\t') {
            fold(bytes, from, end);
            return;
        }
        flush();
        int colon = from;
        while (colon < end && isToken(bytes[colon])) {
            colon++;
        }
        int nameEnd = colon;
        while (colon < end && isBlank(bytes[colon])) {
            colon++;
        }
        if (nameEnd == from || colon == end || bytes[colon] != ':') {
            throw MalformedMessage.bad("a field name that is no token");
        }
        if (colon > nameEnd) {
            limits.grammar().meet(Slip.BLANK_BEFORE_COLON);
        }
        if (++count > limits.fields()) {
            throw tooLarge();
        }
        name = new String(bytes, from, nameEnd - from, StandardCharsets.ISO_8859_1);
        value = value(bytes, colon + 1, end);
    }

    private void fold(byte[] bytes, int from, int end) throws MalformedMessage {
        if (name == null) {
            throw MalformedMessage.bad("a blank before the first field");
        }
        limits.grammar().meet(Slip.FOLDED_FIELD);
        value = value + " " + value(bytes, from, end);
    }

    private void flush() {
        if (name != null) {
            fields.add(name, value);
            name = null;
        }
    }

    /** RFC 9110 section 5.5: visible characters, blanks between them, and bytes above 127 as they are. */
    private static String value(byte[] bytes, int from, int end) throws MalformedMessage {
        int first = from;
        int last = end;
        while (first < last && isBlank(bytes[first])) {
            first++;
        }
        while (last > first && isBlank(bytes[last - 1])) {
            last--;
        }
        for (int i = first; i < last; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
                throw MalformedMessage.bad("a control character in a field value");
            }
        }
        return new String(bytes, first, last - first, StandardCharsets.ISO_8859_1);
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** RFC 9110 section 5.6.2. */
    static boolean isToken(byte b) {
        return (b >= '0' && b <= '9')
                || (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b > 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
    }

    static MalformedMessage tooLarge() {
        return new MalformedMessage(
                Refusal.of(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, Fault.HEADER_TOO_LARGE.problem()));
    }
}
