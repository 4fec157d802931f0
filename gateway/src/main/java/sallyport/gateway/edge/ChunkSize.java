package sallyport.gateway.edge;

import sallyport.gateway.event.GatewayEvent.Slip;

/** Reads the line before a chunk (RFC 9112 section 7.1). Pure. Extensions are checked and dropped. */
final class ChunkSize {
    /** Longest line: size and extensions. */
    static final int MAX_LINE = 1024;

    /** Most hexadecimal digits; more than 15 could overflow, and nobody needs them. */
    private static final int MAX_DIGITS = 15;

    private ChunkSize() {}

    /**
     * The size in a line that is given without its line feed. Blanks behind it are a slip: old servers fill it up with them.
     *
     * @throws MalformedMessage for anything but digits, then perhaps an extension, then a carriage return
     */
    static long parse(byte[] line, Grammar grammar) throws MalformedMessage {
        int end = line.length - 1;
        if (end < 0 || line[end] != '\r') {
            throw MalformedMessage.bad(Slip.BARE_LINE_FEED.words());
        }
        long size = 0;
        int at = 0;
        while (at < end && Character.digit(line[at], 16) >= 0) {
            size = size << 4 | Character.digit(line[at], 16);
            at++;
        }
        if (at == 0 || at > MAX_DIGITS) {
            throw MalformedMessage.bad("a chunk size that is no number");
        }
        checkRest(line, at, end, grammar);
        return size;
    }

    private static void checkRest(byte[] line, int from, int end, Grammar grammar) throws MalformedMessage {
        int at = from;
        while (at < end && FieldParser.isBlank(line[at])) {
            at++;
        }
        if (at < end && line[at] != ';') {
            throw MalformedMessage.bad("a chunk size that is no number");
        }
        if (at == end && at > from) {
            grammar.meet(Slip.PADDED_CHUNK_SIZE);
        }
        for (int i = at; i < end; i++) {
            if ((line[i] < ' ' && line[i] >= 0 && line[i] != '\t') || line[i] == 0x7f) {
                throw MalformedMessage.bad("a control character in a chunk extension");
            }
        }
    }
}
