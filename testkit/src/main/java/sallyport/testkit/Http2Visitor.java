package sallyport.testkit;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A visitor's connection of HTTP/2, frame by frame (RFC 9113): what it writes may be anything, and field blocks are literals
 * without a table, so that nothing stands between a test and the bytes. Reads give up after a deadline. For one thread.
 */
public final class Http2Visitor implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;
    /** What a peer takes that has not said more. */
    public static final int MAX_FRAME = 16_384;

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final SSLSocket socket;
    private final DataInputStream in;
    private final List<Seen> kept = new ArrayList<>();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 64 * 1024);

    private Http2Visitor(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    }

    /**
     * A frame as it came.
     *
     * @param payload its bytes as characters
     */
    public record Frame(int type, int flags, int stream, String payload) {
        public byte[] bytes() {
            return payload.getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean ends() {
            return (flags & END_STREAM) != 0;
        }
    }

    /**
     * What came on a stream until its end.
     *
     * @param head the fields of the final answer
     * @param reset the error with which the stream was reset
     * @param whole it ended in order
     */
    public record Answer(Map<String, String> head, String body, Optional<Integer> reset, boolean whole) {
        public int status() {
            return Integer.parseInt(head.getOrDefault(":status", "0"));
        }
    }

    /** Connected under a name, with preface and these settings sent: identifiers and values in turns. */
    public static Http2Visitor connect(int port, String name, SSLContext trust, int... settings) throws IOException {
        Socket raw = new Socket();
        raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) DEADLINE.toMillis());
        raw.setTcpNoDelay(true);
        raw.setSoTimeout((int) DEADLINE.toMillis());
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(raw, name, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        Http2Visitor visitor = new Http2Visitor(socket);
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        visitor.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        visitor.bytes(frame(SETTINGS, 0, 0, payload.array()));
        return visitor;
    }

    /** A frame's bytes. */
    public static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Four bytes, as resets and window updates carry them. */
    public static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** A field block of literals without a table (RFC 7541 section 6.2.2): names and values in turns, ISO 8859-1. */
    public static byte[] block(List<String> fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.size(); i += 2) {
            block.write(0);
            text(block, fields.get(i));
            text(block, fields.get(i + 1));
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            for (length -= 127; length >= 128; length >>= 7) {
                block.write((length & 127) | 128);
            }
            block.write(length);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The fields of a GET, for {@link #block}. */
    public static List<String> get(String authority, String path) {
        return List.of(":method", "GET", ":scheme", "https", ":authority", authority, ":path", path);
    }

    public void bytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends a field block, in as many frames as it needs. */
    public void headers(int stream, List<String> fields, boolean ends) throws IOException {
        byte[] block = block(fields);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int at = 0;
        do {
            int to = Math.min(block.length, at + MAX_FRAME);
            int flags = (to == block.length ? END_HEADERS : 0) | (at == 0 && ends ? END_STREAM : 0);
            frames.writeBytes(
                    frame(at == 0 ? HEADERS : CONTINUATION, flags, stream, Arrays.copyOfRange(block, at, to)));
            at = to;
        } while (at < block.length);
        bytes(frames.toByteArray());
    }

    public void data(int stream, byte[] payload, boolean ends) throws IOException {
        bytes(frame(DATA, ends ? END_STREAM : 0, stream, payload));
    }

    /** The next frame of any kind; settings are acknowledged and pings answered on the way. */
    public Frame next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
            bytes(frame(type, ACK, 0, type == PING ? payload : new byte[0]));
        }
        return new Frame(type, flags, stream, new String(payload, StandardCharsets.ISO_8859_1));
    }

    /** A frame and its fields: field blocks must be decoded in the order in which they come. */
    private record Seen(Frame frame, Map<String, String> fields) {}

    private Seen nextOn(int stream) throws IOException {
        Optional<Seen> earlier =
                kept.stream().filter(seen -> seen.frame().stream() == stream).findFirst();
        if (earlier.isPresent()) {
            kept.remove(earlier.get());
            return earlier.get();
        }
        while (true) {
            Frame frame = next();
            Seen seen = new Seen(frame, frame.type() == HEADERS ? fields(frame) : Map.of());
            if (frame.stream() == stream) {
                return seen;
            }
            if (frame.stream() != 0) {
                kept.add(seen);
            }
        }
    }

    /** Everything that comes on this stream until it ends; what comes on others is kept for when they are asked for. */
    public Answer answer(int stream) throws IOException {
        Map<String, String> head = Map.of();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            Seen seen = nextOn(stream);
            Frame frame = seen.frame();
            Map<String, String> fields = seen.fields();
            if (frame.type() == HEADERS
                    && (head.isEmpty() || head.getOrDefault(":status", "").startsWith("1"))) {
                head = fields;
            } else if (frame.type() == DATA) {
                body.writeBytes(frame.bytes());
            } else if (frame.type() == RST_STREAM) {
                int error = ByteBuffer.wrap(frame.bytes()).getInt();
                return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), Optional.of(error), false);
            }
            if ((frame.type() == HEADERS || frame.type() == DATA) && frame.ends()) {
                return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), Optional.empty(), true);
            }
        }
    }

    private Map<String, String> fields(Frame frame) throws IOException {
        try {
            Http2Headers headers = decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.bytes()));
            Map<String, String> fields = new HashMap<>();
            headers.forEach(field ->
                    fields.put(field.getKey().toString(), field.getValue().toString()));
            return fields;
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Reads until the other side ends the connection; false when it has not in time. */
    public boolean ends(Duration within) throws IOException {
        socket.setSoTimeout((int) within.toMillis());
        long end = System.nanoTime() + within.toNanos();
        try {
            while (System.nanoTime() < end) {
                next();
            }
            return false;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
