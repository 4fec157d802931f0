package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import sallyport.gateway.event.GatewayEvent.Slip;

/** The first line of an answer (RFC 9112 section 4). Pure. */
record StatusLine(HttpVersion version, HttpResponseStatus status) {
    private static final String VERSION = "HTTP/1.";
    private static final int CODE = "HTTP/1.1 ".length();
    private static final int CODE_END = CODE + 3;

    /**
     * Reads a line without its end.
     *
     * @throws MalformedMessage for another version than 1.0 and 1.1, a code that is none, and control characters
     */
    static StatusLine parse(byte[] bytes, int end, Grammar grammar) throws MalformedMessage {
        String line = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        boolean shaped = end >= CODE_END
                && line.startsWith(VERSION)
                && (line.charAt(CODE - 2) == '1' || line.charAt(CODE - 2) == '0')
                && line.charAt(CODE - 1) == ' '
                && line.charAt(CODE) != '0'
                && line.substring(CODE, CODE_END).chars().allMatch(c -> c >= '0' && c <= '9')
                && (end == CODE_END || line.charAt(CODE_END) == ' ');
        if (!shaped || line.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
            throw MalformedMessage.bad("a status line that is none");
        }
        if (end == CODE_END) {
            grammar.meet(Slip.MISSING_REASON);
        }
        HttpVersion version = line.charAt(CODE - 2) == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        int code = Integer.parseInt(line, CODE, CODE_END, 10);
        return new StatusLine(
                version, new HttpResponseStatus(code, end == CODE_END ? "" : line.substring(CODE_END + 1)));
    }
}
