package sallyport.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A request's or answer's body, decoded from Content-Length or chunks (RFC 9112 section 6). */
final class BodyStream extends InputStream {
    private final InputStream in;
    private final boolean chunked;
    private long left;
    private boolean ended;

    private BodyStream(InputStream in, boolean chunked, long length) {
        this.in = in;
        this.chunked = chunked;
        this.left = length;
        this.ended = !chunked && length == 0;
    }

    static InputStream of(WebExchange exchange) {
        return of(
                exchange.connection().in(),
                exchange.findField("Transfer-Encoding"),
                exchange.findField("Content-Length"));
    }

    static InputStream of(InputStream in, Optional<String> encoding, Optional<String> length) {
        return new BodyStream(
                in, encoding.isPresent(), length.map(Long::parseLong).orElse(0L));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ended && chunked && left == 0) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(target, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the body broke off");
        }
        left -= count;
        if (left == 0) {
            if (chunked) {
                line();
            } else {
                ended = true;
            }
        }
        return count;
    }

    private void nextChunk() throws IOException {
        String size = line();
        int extension = size.indexOf(';');
        left = Long.parseLong(extension < 0 ? size : size.substring(0, extension), 16);
        if (left == 0) {
            while (!line().isEmpty()) {
                // trailer fields
            }
            ended = true;
        }
    }

    private String line() throws IOException {
        return Lines.read(in);
    }
}
