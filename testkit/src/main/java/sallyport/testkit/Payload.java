package sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A body of any size whose every byte is known: byte {@code i} depends on {@code i} alone, so that a lost, doubled or moved
 * byte changes the digest. Never held in memory whole.
 */
public final class Payload {
    private static final int BLOCK = 64 * 1024;

    private Payload() {}

    /** The first {@code size} bytes as a stream. */
    public static InputStream stream(long size) {
        return new Pattern(size);
    }

    /** Writes the first {@code size} bytes. */
    public static void write(OutputStream out, long size) throws IOException {
        byte[] block = new byte[BLOCK];
        for (long at = 0; at < size; at += BLOCK) {
            int length = (int) Math.min(BLOCK, size - at);
            fill(block, length, at);
            out.write(block, 0, length);
        }
    }

    /** SHA-256 of the first {@code size} bytes, in lower-case hex. */
    public static String sha256(long size) {
        return sha256(stream(size));
    }

    /** SHA-256 of everything that is left in a stream, in lower-case hex. */
    public static String sha256(InputStream in) {
        try (DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SHA-256 of a file, in lower-case hex. */
    public static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(byte[] block, int length, long at) {
        for (int i = 0; i < length; i++) {
            long position = at + i;
            block[i] = (byte) (position * 31 + (position >> 8) * 17 + (position >> 16) * 7 + (position >> 24));
        }
    }

    private static final class Pattern extends InputStream {
        private final long size;
        private final byte[] block = new byte[BLOCK];
        private long at;

        private Pattern(long size) {
            this.size = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (at >= size) {
                return -1;
            }
            int count = (int) Math.min(Math.min(length, BLOCK), size - at);
            fill(block, count, at);
            System.arraycopy(block, 0, target, offset, count);
            at += count;
            return count;
        }
    }
}
