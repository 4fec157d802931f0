package sallyport.gateway.edge;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** The key of a WebSocket handshake and what proves that it was read (RFC 6455 section 4). Any thread. */
record WebSocketKey(String value) {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    static WebSocketKey random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new WebSocketKey(Base64.getEncoder().encodeToString(bytes));
    }

    /** What Sec-WebSocket-Accept must say. */
    String accept() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((value + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
