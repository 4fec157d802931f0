package sallyport.gateway.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A device's web server that does exactly what a script says, byte by byte, on every connection. */
final class RawDevice implements AutoCloseable {
    /** What happens on one connection. */
    @FunctionalInterface
    interface Script {
        void run(Connection connection) throws IOException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger running = new AtomicInteger();

    private final Optional<SSLContext> tls;

    private RawDevice(ServerSocket listener, Optional<SSLContext> tls, Script script) {
        this.listener = listener;
        this.tls = tls;
        this.script = script;
    }

    /** Starts on a free port. */
    static RawDevice running(Script script) throws IOException {
        return start(Optional.empty(), 0, script);
    }

    /** Starts on a free port and speaks TLS with a certificate of its own. */
    static RawDevice secured(Script script) throws IOException {
        return start(Optional.of(TestCertificates.serving(TestCertificates.selfSigned("device"))), 0, script);
    }

    /** Starts on this port, which another device may just have left. */
    static RawDevice start(Optional<SSLContext> tls, int port, Script script) throws IOException {
        ServerSocket listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        RawDevice device = new RawDevice(listener, tls, script);
        Thread.ofVirtual().start(device::accept);
        return device;
    }

    /** Reads requests without a body and gives each this answer. */
    static RawDevice answering(String answer) throws IOException {
        return running(connection -> {
            while (!connection.head().isEmpty()) {
                connection.send(answer);
            }
        });
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** The heads of all requests that have arrived, in order. */
    List<String> heads() {
        return heads;
    }

    /** Connections that were accepted. */
    int connections() {
        return sockets.size();
    }

    /** Connections whose script has not ended. */
    int openConnections() {
        return running.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
            return;
        }
    }

    private void serve(Socket socket) {
        running.incrementAndGet();
        try (socket;
                Socket spoken = speak(socket)) {
            script.run(new Connection(socket, spoken));
        } catch (IOException e) {
            // the visitor or the gateway went away
            return;
        } finally {
            running.decrementAndGet();
        }
    }

    private Socket speak(Socket socket) throws IOException {
        if (tls.isEmpty()) {
            return socket;
        }
        SSLSocket spoken = (SSLSocket) tls.get().getSocketFactory().createSocket(socket, null, socket.getPort(), false);
        spoken.setUseClientMode(false);
        return spoken;
    }

    /** Resets every connection that is open. */
    void resetAll() throws IOException {
        for (Socket socket : sockets) {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One accepted connection. */
    final class Connection {
        private final Socket below;
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Connection(Socket below, Socket socket) throws IOException {
            this.below = below;
            this.socket = socket;
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** The next head with its empty line; empty at the end of input. */
        String head() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return "";
                }
                head.write(b);
            }
            String text = head.toString(StandardCharsets.ISO_8859_1);
            heads.add(text);
            return text;
        }

        String read(int bytes) throws IOException {
            return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
        }

        /** One byte, or -1 at the end. */
        int read() throws IOException {
            return in.read();
        }

        InputStream in() {
            return in;
        }

        OutputStream out() {
            return out;
        }

        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Does nothing until the test says so. */
        void await(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        /** Sends FIN and goes on reading. */
        void finish() throws IOException {
            socket.shutdownOutput();
        }

        /** Ends with a reset. */
        void reset() throws IOException {
            below.setSoLinger(true, 0);
            below.close();
        }

        /** Ends the TCP connection with FIN while TLS goes on above it. */
        void cutBelowTls() throws IOException {
            below.close();
        }
    }
}
