package sallyport.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Lines of a protocol, octet by octet, so that nothing behind them is swallowed. */
final class Lines {
    private static final int MAX_LINE = 64 * 1024;

    private Lines() {}

    /** Reads up to LF and drops CR LF; the end of the stream before it is an error. */
    static String read(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("ended within a line: " + line);
            }
            if (line.length() >= MAX_LINE) {
                throw new IOException("line too long");
            }
            line.append((char) octet);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }
}
