package sallyport.gateway.console;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.event.KnockingKeys;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Tunnels;

/**
 * The operator's way in: the REST API and a status page, over TCP for those who hold the administrator token and over the
 * Unix socket {@code admin.sock} for those who may open it.
 *
 * <p>A request goes through {@link Doorkeeper}, then to the API class that owns its path; every failure becomes a problem
 * document in {@link Answers}. Handlers run on virtual threads and may block.
 */
public final class Console implements AutoCloseable {
    static final String CONTRACT_PATH = "/api/v1/openapi.yaml";
    private static final long LONGEST_BODY = 256 * 1024;

    private final Javalin javalin;
    private final ConsoleListeners listeners;

    /**
     * What the console shows and changes.
     *
     * @param adminToken what {@code admin.token} in the data folder holds
     */
    public record Parts(
            GatewayConfig config,
            String adminToken,
            DirectoryHolder directory,
            DirectoryEditor editor,
            Tunnels tunnels,
            Timers timers,
            DeviceHistory history,
            KnockingKeys knocking,
            RecentEvents recent,
            GatewayFacts facts,
            DevicePages pages) {}

    private Console(Javalin javalin, ConsoleListeners listeners) {
        this.javalin = javalin;
        this.listeners = listeners;
    }

    /**
     * Opens all listeners and answers from then on.
     *
     * @throws ProblemException when an address is taken or the data folder cannot be used; nothing stays open then
     */
    public static Console start(Parts parts) {
        AdministratorToken token = new AdministratorToken(parts.adminToken());
        ConsoleListeners listeners = new ConsoleListeners(parts.config());
        Javalin javalin = Javalin.create(config -> {
            listeners.configure(config);
            configure(config, parts, token);
        });
        try {
            listeners.start(javalin);
        } catch (RuntimeException e) {
            listeners.close();
            throw e;
        }
        return new Console(javalin, listeners);
    }

    private static void configure(JavalinConfig config, Parts parts, AdministratorToken token) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = LONGEST_BODY;
        config.http.prefer405over404 = true;

        DeviceViews views = new DeviceViews(parts);
        StatusApi status = new StatusApi(parts, views);
        Doorkeeper doorkeeper =
                new Doorkeeper(token, new HostNames(parts.config().console().hostname()));
        config.routes.before(doorkeeper);
        new StatusPage(doorkeeper, status).addTo(config.routes);
        config.routes.get(
                CONTRACT_PATH, ctx -> ctx.contentType("application/yaml").result(contract()));
        new DeviceApi(parts.directory(), parts.editor(), views).addTo(config.routes);
        HostnameTests tests = new HostnameTests(parts.pages(), views.urls(), parts.timers());
        new HostnameApi(parts.directory(), parts.editor(), views, parts.facts(), tests).addTo(config.routes);
        new CertificateApi(parts.facts()).addTo(config.routes);
        status.addTo(config.routes);
        config.routes
                .exception(ProblemException.class, (e, ctx) -> Answers.problem(ctx, e))
                .exception(InvalidValue.class, (e, ctx) -> Answers.invalid(ctx, e))
                .exception(HttpResponseException.class, (e, ctx) -> Answers.framework(ctx, e))
                .exception(Exception.class, (e, ctx) -> Answers.failed(ctx, e));
    }

    /** The API's contract, as it is served. */
    static String contract() {
        try (InputStream in = Console.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml is not in the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens over TCP: {@code ADDRESS:PORT}, with the real ports. */
    public List<String> addresses() {
        return listeners.addresses();
    }

    /** Stops listening, lets running requests end for a moment, then cuts them. */
    @Override
    public void close() {
        javalin.stop();
        listeners.close();
    }
}
