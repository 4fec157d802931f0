package sallyport.gateway.console;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * The sockets of the console: {@code console.listen} over TCP and {@code admin.sock} in the data folder (mode 0600). Few
 * platform threads select; requests run on virtual threads.
 */
final class ConsoleListeners implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(60);
    /** How long running requests may take to end when the console stops; idle connections get no time. */
    private static final long STOP_MILLIS = 2_000;

    private static final long IDLE_AT_STOP_MILLIS = 50;
    private static final int MOST_CONNECTIONS = 256;
    private static final int LARGEST_HEADER = 16 * 1024;
    private static final int SELECTING_THREADS = 32;

    private final GatewayConfig config;
    private final AdminSocket socket;
    private final List<ServerConnector> tcp = new ArrayList<>();

    ConsoleListeners(GatewayConfig config) {
        this.config = config;
        try {
            socket = AdminSocket.in(config.data());
        } catch (IOException e) {
            throw dataFolder(e);
        }
    }

    void configure(JavalinConfig javalin) {
        QueuedThreadPool threads = new QueuedThreadPool(SELECTING_THREADS, 2);
        threads.setName("sallyport-console");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("sallyport-console-request-", 0).factory()));
        javalin.jetty.threadPool = threads;
        javalin.jetty.modifyHttpConfiguration(http -> {
            http.setRequestHeaderSize(LARGEST_HEADER);
            http.setIdleTimeout(IDLE.toMillis());
        });
        javalin.jetty.modifyServer(server -> {
            server.setStopTimeout(STOP_MILLIS);
            server.setErrorHandler(new ProblemErrorHandler());
            server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
        });
        for (ListenAddress address : config.console().listen()) {
            javalin.jetty.addConnector((server, http) -> tcp(server, http, address));
        }
        javalin.jetty.addConnector(this::unix);
    }

    private ServerConnector tcp(Server server, HttpConfiguration http, ListenAddress address) {
        ServerConnector connector = TcpListener.open(server, http, address, "console.listen", IDLE);
        connector.setShutdownIdleTimeout(IDLE_AT_STOP_MILLIS);
        tcp.add(connector);
        return connector;
    }

    private UnixDomainServerConnector unix(Server server, HttpConfiguration http) {
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, 0, 1, new HttpConnectionFactory(http));
        connector.setUnixDomainPath(socket.address());
        connector.setIdleTimeout(IDLE.toMillis());
        connector.setName(socket.path().toString());
        connector.setShutdownIdleTimeout(IDLE_AT_STOP_MILLIS);
        return connector;
    }

    /** @throws ProblemException naming the address that could not be opened */
    void start(Javalin javalin) {
        try {
            if (socket.answers()) {
                throw new ProblemException(Fault.DATA_FOLDER_IN_USE.problem("folder", config.data()));
            }
            socket.removeStale();
            javalin.start();
            Files.setPosixFilePermissions(socket.path(), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw dataFolder(e);
        }
    }

    List<String> addresses() {
        return tcp.stream().map(TcpListener::address).toList();
    }

    private ProblemException dataFolder(IOException e) {
        return new ProblemException(
                Fault.DATA_FOLDER.problem("folder", config.data(), "detail", String.valueOf(e.getMessage())), e);
    }

    @Override
    public void close() {
        tcp.forEach(ServerConnector::close);
        socket.close();
    }
}
