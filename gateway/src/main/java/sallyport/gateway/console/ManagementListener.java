package sallyport.gateway.console;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import sallyport.gateway.config.ListenAddress;

/**
 * What monitors ask: {@code /healthz} (the process answers), {@code /readyz} (it can serve; {@code ?verbose} lists each check),
 * {@code /metrics}, {@code /version}. It has a listener of its own, without login, so it belongs on an inner address. Handlers
 * run on virtual threads.
 */
public final class ManagementListener implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int SELECTING_THREADS = 16;
    private static final int UNAVAILABLE = 503;

    private final Health health;
    private final List<ServerConnector> connectors = new ArrayList<>();
    private final Javalin javalin;

    private ManagementListener(List<ListenAddress> listen, Health health) {
        this.health = health;
        this.javalin = Javalin.create(config -> configure(config, listen));
    }

    /**
     * Listens.
     *
     * @throws sallyport.gateway.fault.ProblemException when an address is taken; nothing stays open then
     */
    public static ManagementListener start(List<ListenAddress> listen, Health health) {
        ManagementListener listener = new ManagementListener(listen, health);
        try {
            listener.javalin.start();
            return listener;
        } catch (RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private void configure(JavalinConfig config, List<ListenAddress> listen) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        QueuedThreadPool threads = new QueuedThreadPool(SELECTING_THREADS, 2);
        threads.setName("sallyport-management");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("sallyport-management-request-", 0).factory()));
        config.jetty.threadPool = threads;
        for (ListenAddress address : listen) {
            config.jetty.addConnector((server, http) -> {
                ServerConnector connector = TcpListener.open(server, http, address, "management.listen", IDLE);
                connectors.add(connector);
                return connector;
            });
        }
        config.routes.get("/healthz", context -> text(context, "ok\n"));
        config.routes.get("/readyz", this::ready);
        config.routes.get(
                "/metrics", context -> context.contentType(health.metricsType()).result(health.metrics()));
        config.routes.get("/version", context -> text(context, health.version() + "\n"));
    }

    private void ready(Context context) {
        Map<String, Boolean> checks = health.checks();
        boolean ready = !checks.containsValue(false);
        String verbose = checks.entrySet().stream()
                .map(check -> (check.getValue() ? "[+] " : "[-] ") + check.getKey() + "\n")
                .collect(Collectors.joining());
        context.status(ready ? 200 : UNAVAILABLE);
        text(context, (context.queryParam("verbose") == null ? "" : verbose) + (ready ? "ready\n" : "not ready\n"));
    }

    private static void text(Context context, String text) {
        context.contentType("text/plain; charset=utf-8")
                .header("Cache-Control", "no-store")
                .result(text);
    }

    /** Where it listens: {@code ADDRESS:PORT}, with the real ports. */
    public List<String> addresses() {
        return connectors.stream().map(TcpListener::address).toList();
    }

    @Override
    public void close() {
        javalin.stop();
        connectors.forEach(ServerConnector::close);
    }
}
