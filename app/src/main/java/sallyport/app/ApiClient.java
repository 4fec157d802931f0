package sallyport.app;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import sallyport.gateway.console.AdminSocket;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.ProblemAnswer;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * A client of the REST API, over the Unix socket of a data folder or over TCP with a token. Blocking; one call at a time.
 */
final class ApiClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** A change waits until the data plane uses it; {@code why} asks DNS and the device. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private static final int LARGEST_ANSWER = 256 * 1024 * 1024;
    private static final int THREADS = 4;

    private final HttpClient client;
    private final String base;
    private final String place;
    private final Optional<AdminSocket> socket;
    private final Optional<String> token;

    private ApiClient(String base, String place, Optional<AdminSocket> socket, Optional<String> token) {
        this.base = base;
        this.place = place;
        this.socket = socket;
        this.token = token;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setDaemon(true);
        ClientConnector connector = new ClientConnector();
        connector.setSelectors(1);
        connector.setConnectTimeout(CONNECT);
        connector.setExecutor(threads);
        client = new HttpClient(new HttpClientTransportOverHTTP(connector));
        client.setExecutor(threads);
        client.setFollowRedirects(false);
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Over {@code admin.sock}; who may open it needs no token. */
    static ApiClient local(Path data) {
        try {
            AdminSocket socket = AdminSocket.in(data);
            if (!Files.exists(socket.path())) {
                socket.close();
                boolean closedToUs = Files.isDirectory(data) && !Files.isExecutable(data);
                throw closedToUs
                        ? notAllowed(socket.path().toString())
                        : unreachable(socket.path().toString());
            }
            return new ApiClient("http://localhost", socket.path().toString(), Optional.of(socket), Optional.empty());
        } catch (IOException e) {
            throw unreachable(data.toString());
        }
    }

    static ApiClient remote(URI url, String token) {
        String text = url.toString();
        String base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        return new ApiClient(base, base, Optional.empty(), Optional.of(token));
    }

    <T> T get(String path, Class<T> type) {
        return Json.readAnswer(call("GET", path, Optional.empty()), type);
    }

    /** The answer as it came, for {@code -o json}. */
    byte[] get(String path) {
        return call("GET", path, Optional.empty());
    }

    <T> T send(String method, String path, Object body, Class<T> type) {
        return Json.readAnswer(call(method, path, Optional.of(body)), type);
    }

    void delete(String path) {
        call("DELETE", path, Optional.empty());
    }

    <T> T delete(String path, Class<T> type) {
        return Json.readAnswer(call("DELETE", path, Optional.empty()), type);
    }

    /** A value as one segment of a path or as a query's value. */
    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private byte[] call(String method, String path, Optional<Object> body) {
        Request request = client.newRequest(base + "/api/v1" + path)
                .method(method.toUpperCase(Locale.ROOT))
                .timeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        socket.ifPresent(local -> request.transport(new Transport.TCPUnix(local.address())));
        token.ifPresent(secret -> request.headers(headers -> headers.put("Authorization", "Bearer " + secret)));
        body.ifPresent(value -> request.body(new StringRequestContent("application/json", Json.write(value))));
        ContentResponse response = send(request);
        if (response.getStatus() >= 400) {
            throw refused(response);
        }
        return response.getContent();
    }

    private ContentResponse send(Request request) {
        try {
            return new CompletableResponseListener(request, LARGEST_ANSWER)
                    .send()
                    .get();
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(place);
        }
    }

    private CommandFailure failed(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return CommandFailure.of(
                    new Problem(
                            Fault.UNREACHABLE,
                            "The gateway at " + place + " did not answer within " + ANSWER.toSeconds() + " s.",
                            "Look at its log; it may be overloaded."),
                    ExitCode.UNREACHABLE);
        }
        String message = String.valueOf(cause.getMessage());
        if (socket.isPresent() && !(cause instanceof ConnectException) && message.contains("Permission denied")) {
            return notAllowed(place);
        }
        return unreachable(place);
    }

    private static CommandFailure notAllowed(String place) {
        return CommandFailure.of(
                new Problem(
                        Fault.UNREACHABLE,
                        "You may not open " + place + ".",
                        "Run the command as root or as the gateway's user, or use --url and --token-file."),
                ExitCode.UNREACHABLE);
    }

    private static CommandFailure unreachable(String place) {
        return CommandFailure.of(Fault.UNREACHABLE.problem("address", place), ExitCode.UNREACHABLE);
    }

    private static CommandFailure refused(ContentResponse response) {
        if ("application/problem+json".equals(response.getMediaType())) {
            return CommandFailure.of(Json.readAnswer(response.getContent(), ProblemAnswer.class));
        }
        return CommandFailure.of(
                new Problem(
                        Fault.UNREACHABLE,
                        "What answers there is no Sallyport (HTTP status " + response.getStatus() + ").",
                        "Check --url."),
                ExitCode.UNREACHABLE);
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            socket.ifPresent(AdminSocket::close);
        }
    }
}
