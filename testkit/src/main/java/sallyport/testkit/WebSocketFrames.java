package sallyport.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** Reads and writes WebSocket frames (RFC 6455 section 5.2) on a connection that was upgraded; one reader, one writer. */
public final class WebSocketFrames {
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int MAX_PAYLOAD = 16 * 1024 * 1024;

    private final DataInputStream in;
    private final OutputStream out;
    private final boolean masked;
    private final SecureRandom random = new SecureRandom();

    private WebSocketFrames(InputStream in, OutputStream out, boolean masked) {
        this.in = new DataInputStream(in);
        this.out = out;
        this.masked = masked;
    }

    /** One frame. */
    @SuppressWarnings("ArrayRecordComponent") // looked at once, by the one reader
    public record Frame(int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** The server's side: its frames are not masked. */
    public static WebSocketFrames server(InputStream in, OutputStream out) {
        return new WebSocketFrames(in, out, false);
    }

    /** The client's side: its frames are masked (RFC 6455 section 5.3). */
    public static WebSocketFrames client(InputStream in, OutputStream out) {
        return new WebSocketFrames(in, out, true);
    }

    /** Answers an upgrade with 101 and takes over its connection. */
    public static WebSocketFrames accept(WebExchange exchange) throws IOException {
        String key = exchange.findField("Sec-WebSocket-Key").orElseThrow(() -> new IOException("no WebSocket request"));
        exchange.closeAfterwards();
        exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + acceptKey(key) + "\r\n\r\n");
        return server(exchange.connection().in(), exchange.out());
    }

    /** What a server answers to a client's key (RFC 6455 section 4.2.2). */
    static String acceptKey(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public void text(String text) throws IOException {
        write(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public void write(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (0x80 | opcode));
        int mask = masked ? 0x80 : 0;
        if (payload.length < 126) {
            frame.put((byte) (mask | payload.length));
        } else if (payload.length < 65536) {
            frame.put((byte) (mask | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (mask | 127)).putLong(payload.length);
        }
        if (masked) {
            byte[] key = new byte[4];
            random.nextBytes(key);
            frame.put(key);
            for (int i = 0; i < payload.length; i++) {
                frame.put((byte) (payload[i] ^ key[i & 3]));
            }
        } else {
            frame.put(payload);
        }
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    /** The next frame; waits for it. */
    public Frame read() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new IOException("frame of " + length + " bytes");
        }
        byte[] key = new byte[4];
        if ((second & 0x80) != 0) {
            in.readFully(key);
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= key[i & 3];
        }
        return new Frame(opcode, payload);
    }
}
