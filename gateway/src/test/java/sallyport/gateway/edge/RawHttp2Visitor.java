package sallyport.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A visitor that writes HTTP/2 frame by frame, whatever the test says, and reads frame by frame. Field blocks are written as
 * literals without a table, so that nothing stands between the test and the bytes.
 */
final class RawHttp2Visitor implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int ORIGIN = 12;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    private static final int PATIENCE_MILLIS = 15_000;

    /** @param payload its bytes as characters */
    record Frame(int type, int flags, int stream, String payload) {
        byte[] bytes() {
            return payload.getBytes(StandardCharsets.ISO_8859_1);
        }

        int number() {
            return ByteBuffer.wrap(bytes()).getInt();
        }

        /** The error of a GOAWAY. */
        int error() {
            return ByteBuffer.wrap(bytes()).getInt(4);
        }

        boolean ends() {
            return (flags & END_STREAM) != 0;
        }
    }

    /**
     * @param reset the error with which the stream was reset
     * @param whole it ended in order
     */
    record Answer(
            Map<String, String> head,
            String body,
            Map<String, String> trailers,
            Optional<Integer> reset,
            boolean whole,
            String interim) {
        String status() {
            return head.getOrDefault(":status", "");
        }
    }

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final List<Seen> kept = new ArrayList<>();

    /** A frame, and its fields when it is a field block: they must be decoded in the order in which they came. */
    private record Seen(Frame frame, Map<String, String> fields) {}

    private RawHttp2Visitor(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static SSLSocket offering(InetSocketAddress address, String name, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket)
                TestCertificates.trustingAnything().getSocketFactory().createSocket();
        socket.connect(address);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.startHandshake();
        return socket;
    }

    /** Connected, with preface and these settings sent: pairs of identifier and value. */
    static RawHttp2Visitor open(TestFront front, int... settings) throws IOException {
        RawHttp2Visitor visitor = new RawHttp2Visitor(offering(front.address, TestFront.NAME.value(), "h2"));
        visitor.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        return visitor.send(SETTINGS, 0, 0, payload.array());
    }

    static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** A field block (RFC 7541 section 6.2.2): names and values in turns. */
    static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            text(block, fields[i]);
            text(block, fields[i + 1]);
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

    /** The fields of a request for this visitor's name, and more. */
    static String[] fields(String method, String path, String... more) {
        String[] all = new String[8 + more.length];
        String[] first = {":method", method, ":scheme", "https", ":authority", "dev1.t.test", ":path", path};
        System.arraycopy(first, 0, all, 0, 8);
        System.arraycopy(more, 0, all, 8, more.length);
        return all;
    }

    RawHttp2Visitor bytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    RawHttp2Visitor send(int type, int flags, int stream, byte... payload) throws IOException {
        return bytes(frame(type, flags, stream, payload));
    }

    /** A request without a body. */
    RawHttp2Visitor get(int stream, String path, String... more) throws IOException {
        return send(HEADERS, END_HEADERS | END_STREAM, stream, block(fields("GET", path, more)));
    }

    /** A request whose body follows. */
    RawHttp2Visitor post(int stream, String path, String... more) throws IOException {
        return send(HEADERS, END_HEADERS, stream, block(fields("POST", path, more)));
    }

    RawHttp2Visitor data(int stream, String text, boolean ends) throws IOException {
        return send(DATA, ends ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next frame of any kind. */
    Frame next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        if (type == SETTINGS && (flags & ACK) == 0) {
            send(SETTINGS, ACK, 0);
        }
        return new Frame(type, flags, stream, new String(payload, StandardCharsets.ISO_8859_1));
    }

    Frame next(int type) throws IOException {
        Frame frame = next();
        while (frame.type() != type) {
            frame = next();
        }
        return frame;
    }

    private Map<String, String> fields(Frame frame) throws IOException {
        try {
            Http2Headers headers = decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.bytes()));
            Map<String, String> fields = new HashMap<>();
            headers.forEach(field ->
                    fields.merge(field.getKey().toString(), field.getValue().toString(), (a, b) -> a + "\n" + b));
            return fields;
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    private Seen nextOn(int stream) throws IOException {
        Optional<Seen> known =
                kept.stream().filter(seen -> seen.frame().stream() == stream).findFirst();
        if (known.isPresent()) {
            kept.remove(known.get());
            return known.get();
        }
        while (true) {
            Frame frame = next();
            Seen seen = new Seen(frame, frame.type() == HEADERS ? fields(frame) : Map.of());
            if (frame.stream() == stream) {
                return seen;
            }
            kept.add(seen);
        }
    }

    /** Everything that comes on a stream until its end; other streams' frames are kept for later. */
    Answer answer(int stream) throws IOException {
        Map<String, String> head = Map.of();
        Map<String, String> trailers = Map.of();
        StringBuilder body = new StringBuilder();
        StringBuilder interim = new StringBuilder();
        while (true) {
            Seen seen = nextOn(stream);
            Frame frame = seen.frame();
            Map<String, String> fields = seen.fields();
            switch (frame.type()) {
                case HEADERS -> {
                    if (fields.getOrDefault(":status", "").startsWith("1")) {
                        interim.append(fields.get(":status")).append(fields.getOrDefault("link", ""));
                    } else if (head.isEmpty()) {
                        head = fields;
                    } else {
                        trailers = fields;
                    }
                }
                case DATA -> body.append(frame.payload());
                case RST_STREAM -> {
                    return new Answer(
                            head, body.toString(), trailers, Optional.of(frame.number()), false, interim.toString());
                }
                default -> {}
            }
            if ((frame.type() == HEADERS || frame.type() == DATA) && frame.ends()) {
                return new Answer(head, body.toString(), trailers, Optional.empty(), true, interim.toString());
            }
        }
    }

    /** Reads until the connection ends; false when it has not within the patience of the socket. */
    boolean ends() {
        long patience = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        try {
            while (System.nanoTime() < patience) {
                next();
            }
            return false;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (EOFException e) {
            return true;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
