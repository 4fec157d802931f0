package sallyport.gateway.ssh;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The first line of a client. RFC 4253 section 4.2: {@code SSH-protoversion-softwareversion SP comments CR LF}, at most 255
 * characters with CR and LF, no NUL; a client sends nothing before it. A bare LF is accepted, as section 4.2 advises for old
 * peers.
 *
 * <p>Pure; runs on the session's loop before anything else sees a byte of the peer.
 */
sealed interface ClientIdentification {
    /** RFC 4253 section 4.2, CR and LF included. */
    int MAX_LENGTH = 255;

    /** A whole line of a client that speaks SSH 2. */
    record Complete(String text) implements ClientIdentification {}

    /** So far it may become one. */
    record Incomplete() implements ClientIdentification {}

    /** It never becomes one. */
    record NotSsh(String why) implements ClientIdentification {}

    /** Looks at the bytes without taking them. */
    static ClientIdentification read(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), MAX_LENGTH);
        int end = bytes.indexOf(bytes.readerIndex(), bytes.readerIndex() + length, (byte) '\n');
        int known = end < 0 ? length : end - bytes.readerIndex();
        String text = bytes.toString(bytes.readerIndex(), known, StandardCharsets.ISO_8859_1);
        if (!startsLikeSsh(text)) {
            return new NotSsh("it does not begin with SSH-2.0");
        }
        if (text.indexOf('\0') >= 0) {
            return new NotSsh("NUL in the first line");
        }
        if (end < 0) {
            return length < MAX_LENGTH ? new Incomplete() : new NotSsh("first line longer than 255 bytes");
        }
        return new Complete(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    private static boolean startsLikeSsh(String text) {
        return agrees(text, "SSH-2.0-") || agrees(text, "SSH-1.99-");
    }

    private static boolean agrees(String text, String prefix) {
        return text.length() < prefix.length() ? prefix.startsWith(text) : text.startsWith(prefix);
    }
}
