package sallyport.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The small HTTP/1.1 server inside our appliances: loopback, a free port, one virtual thread per connection. It is a test
 * peer: it shows each handler the bytes of the request as they arrived, and lets it answer well or badly.
 */
public final class WebServer implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final byte TLS_HANDSHAKE = 22;

    /** Answers one request; whatever it throws ends the connection. */
    @FunctionalInterface
    public interface Handler {
        void handle(WebExchange exchange) throws IOException;
    }

    private final ServerSocket listener;
    private final @Nullable SSLContext tls;
    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Semaphore slots = new Semaphore(Integer.MAX_VALUE);

    private WebServer(@Nullable SSLContext tls, int port, Handler handler) {
        this.tls = tls;
        this.handler = handler;
        try {
            listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("appliance-" + port() + "-accept").start(this::accept);
    }

    /** Plain HTTP on a free loopback port. */
    public static WebServer plain(Handler handler) {
        return new WebServer(null, 0, handler);
    }

    /** HTTPS on a free loopback port. */
    public static WebServer tls(SelfSignedCertificate certificate, Handler handler) {
        return new WebServer(certificate.serverContext(), 0, handler);
    }

    /** Plain HTTP on a port that was used before: a web server that comes back after a restart. */
    public static WebServer plainOn(int port, Handler handler) {
        return new WebServer(null, port, handler);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on so many connections are served at a time; others wait unread until one of them ends. */
    void serveAtATime(int connections) {
        slots = new Semaphore(connections);
    }

    /** Connections accepted so far. */
    public long connections() {
        return connections.get();
    }

    /** Connections that are open now. */
    public int openConnections() {
        return open.size();
    }

    /** Requests whose head was read so far. */
    public int requests() {
        return requests.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                long id = connections.incrementAndGet();
                Thread.ofVirtual().name("appliance-" + port() + "-" + id).start(() -> serve(socket, id));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, long id) {
        Semaphore free = slots;
        free.acquireUninterruptibly();
        try (socket) {
            socket.setTcpNoDelay(true);
            Socket talking = tls == null ? socket : handshake(socket, tls);
            WebConnection connection = new WebConnection(talking, socket, id);
            while (true) {
                WebExchange exchange = WebExchange.read(connection);
                if (exchange == null) {
                    break;
                }
                requests.incrementAndGet();
                handler.handle(exchange);
                if (!exchange.finish()) {
                    break;
                }
            }
            if (talking != socket) {
                talking.close();
            }
        } catch (IOException e) {
            // the visitor left, spoke something else, or the handler wanted the connection to break
        } finally {
            free.release();
            open.remove(socket);
        }
    }

    private static Socket handshake(Socket socket, SSLContext tls) throws IOException {
        int first = socket.getInputStream().read();
        if (first != TLS_HANDSHAKE) {
            throw new IOException("not TLS");
        }
        SSLSocket secured = (SSLSocket)
                tls.getSocketFactory().createSocket(socket, new ByteArrayInputStream(new byte[] {TLS_HANDSHAKE}), true);
        secured.startHandshake();
        return secured;
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
