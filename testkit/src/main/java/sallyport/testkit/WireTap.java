package sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A relay in front of a loopback port that keeps every byte of both directions, as a capture would, and can send the first
 * TLS record of a client in pieces. Any thread may call it.
 */
public final class WireTap implements AutoCloseable {
    private static final int RECORD_HEADER = 5;
    private static final int SECONDS = 20;

    /** Long enough for the other side to read one piece alone. */
    private static final int BETWEEN_PIECES_MILLIS = 10;

    private final ServerSocket listener;
    private final int target;
    private final List<Conversation> conversations = new CopyOnWriteArrayList<>();
    private volatile Function<byte[], List<byte[]>> pieces = List::of;

    /** What went over one connection. */
    public static final class Conversation {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final CountDownLatch over = new CountDownLatch(2);

        private Conversation() {}

        /** From the client to the server, once both directions have ended. */
        public byte[] sent() {
            return whole(sent);
        }

        /** From the server to the client, once both directions have ended. */
        public byte[] received() {
            return whole(received);
        }

        /** True once both directions have ended. */
        public boolean isOver() {
            return over.getCount() == 0;
        }

        private byte[] whole(ByteArrayOutputStream bytes) {
            try {
                if (!over.await(SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("the connection goes on");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return bytes.toByteArray();
        }
    }

    private WireTap(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    public static WireTap before(int port) {
        try {
            WireTap tap = new WireTap(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            Thread.ofVirtual().start(tap::accept);
            return tap;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From the next connection on, the client's first TLS record goes in these pieces, with a pause between them. */
    public void pieces(Function<byte[], List<byte[]>> cutting) {
        pieces = cutting;
    }

    /** All connections so far, the newest last. */
    public List<Conversation> conversations() {
        return conversations;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                server.setTcpNoDelay(true);
                Conversation conversation = new Conversation();
                conversations.add(conversation);
                Thread.ofVirtual().start(() -> toServer(client, server, conversation));
                Thread.ofVirtual().start(() -> copy(server, client, conversation.received, conversation));
            } catch (IOException e) {
                // closed, or one side is away: the client sees its connection end
            }
        }
    }

    private void toServer(Socket client, Socket server, Conversation conversation) {
        try {
            sendFirstRecord(client, server, conversation);
        } catch (IOException | InterruptedException e) {
            close(client);
            close(server);
        }
        copy(client, server, conversation.sent, conversation);
    }

    private void sendFirstRecord(Socket client, Socket server, Conversation conversation)
            throws IOException, InterruptedException {
        InputStream in = client.getInputStream();
        byte[] header = in.readNBytes(RECORD_HEADER);
        int length = header.length < RECORD_HEADER ? 0 : ((header[3] & 0xff) << 8) | (header[4] & 0xff);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(header);
        record.writeBytes(in.readNBytes(length));
        for (byte[] piece : pieces.apply(record.toByteArray())) {
            conversation.sent.writeBytes(piece);
            server.getOutputStream().write(piece);
            Thread.sleep(BETWEEN_PIECES_MILLIS);
        }
    }

    private static void copy(Socket from, Socket to, ByteArrayOutputStream kept, Conversation conversation) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] block = new byte[16 * 1024];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                kept.write(block, 0, read);
                out.write(block, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        } finally {
            conversation.over.countDown();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
