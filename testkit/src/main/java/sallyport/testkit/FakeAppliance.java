package sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A device's web interface that tests can script. What it offers from the start:
 *
 * <pre>
 * /            its name                       /echo       the request's head and body as they arrived
 * /download    ?bytes=N of {@link Payload}    /upload     SHA-256 of what it was sent
 * /socket      WebSocket echo                 /own-origin WebSocket echo, 403 unless Origin and Host agree
 * /events      server-sent events             /digest     RFC 7616 login, nonce bound to the connection
 * /silent      never answers                  /reset      ?after=N bytes of a longer answer, then a TCP reset
 * /slow        ?bytes=N, read or written at 1 MB/s
 * /connection  the number of its connection   /redirect   302 to /landed on its own Host
 * </pre>
 */
public final class FakeAppliance implements AutoCloseable {
    private static final int CUT_ANSWER = 1024 * 1024;

    private final String name;
    private final Map<String, WebServer.Handler> routes = new ConcurrentHashMap<>();
    private final DigestLogin digestLogin = new DigestLogin();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final WebServer server;

    private FakeAppliance(String name, boolean tls) {
        this.name = name;
        on("/", exchange -> exchange.answer(200, "text/plain", name));
        on("/echo", FakeAppliance::echo);
        on("/download", FakeAppliance::download);
        on("/upload", exchange -> exchange.answer(200, "text/plain", Payload.sha256(exchange.body())));
        on("/socket", FakeAppliance::socketEcho);
        on("/own-origin", FakeAppliance::ownOrigin);
        on("/events", FakeAppliance::events);
        on("/digest", digestLogin);
        on("/silent", exchange -> awaitClose());
        on("/reset", FakeAppliance::reset);
        on("/slow", FakeAppliance::slow);
        on(
                "/connection",
                exchange -> exchange.answer(
                        200, "text/plain", Long.toString(exchange.connection().id())));
        on("/redirect", FakeAppliance::redirect);
        server = tls
                ? WebServer.tls(SelfSignedCertificate.forNames(name + ".local"), this::handle)
                : WebServer.plain(this::handle);
    }

    /** Speaks plain HTTP. */
    public static FakeAppliance plain(String name) {
        return new FakeAppliance(name, false);
    }

    /** Speaks HTTPS with a self-signed certificate, as devices do. */
    public static FakeAppliance tls(String name) {
        return new FakeAppliance(name, true);
    }

    /** Adds or replaces what a path does; the path is compared without its query. */
    public FakeAppliance on(String path, WebServer.Handler handler) {
        routes.put(path, handler);
        return this;
    }

    /** Serves so many connections at a time, keeps each alive, and looks at no further one meanwhile. */
    public FakeAppliance servingAtATime(int connections) {
        server.serveAtATime(connections);
        return this;
    }

    public String name() {
        return name;
    }

    public int port() {
        return server.port();
    }

    public WebServer server() {
        return server;
    }

    private void handle(WebExchange exchange) throws IOException {
        WebServer.Handler route = routes.get(exchange.path());
        if (route != null) {
            route.handle(exchange);
        } else if (exchange.path().startsWith("/digest/")) {
            digestLogin.handle(exchange);
        } else if (exchange.path().startsWith("/echo/")) {
            echo(exchange);
        } else {
            exchange.answer(404, "text/plain", "no " + exchange.path() + " on " + name + "\n");
        }
    }

    private static void echo(WebExchange exchange) throws IOException {
        byte[] body = exchange.body().readAllBytes();
        exchange.answer(200, "text/plain", exchange.head() + new String(body, StandardCharsets.ISO_8859_1));
    }

    private static long bytes(WebExchange exchange, String parameter) {
        return exchange.findParameter(parameter).map(Long::parseLong).orElse(0L);
    }

    private static void download(WebExchange exchange) throws IOException {
        long size = bytes(exchange, "bytes");
        exchange.start(200, "application/octet-stream", size);
        Payload.write(exchange.out(), size);
    }

    private static void socketEcho(WebExchange exchange) throws IOException {
        WebSocketFrames frames = WebSocketFrames.accept(exchange);
        while (true) {
            WebSocketFrames.Frame frame = frames.read();
            switch (frame.opcode()) {
                case WebSocketFrames.PING -> frames.write(WebSocketFrames.PONG, frame.payload());
                case WebSocketFrames.CLOSE -> {
                    frames.write(WebSocketFrames.CLOSE, frame.payload());
                    return;
                }
                default -> frames.write(frame.opcode(), frame.payload());
            }
        }
    }

    private static void ownOrigin(WebExchange exchange) throws IOException {
        String host = exchange.findField("Host").orElse("");
        if (exchange.findField("Origin").orElse("").equals("https://" + host)) {
            socketEcho(exchange);
        } else {
            exchange.answer(403, "text/plain", "Origin and Host do not agree\n");
        }
    }

    private static void events(WebExchange exchange) throws IOException {
        exchange.body();
        try (OutputStream out = exchange.startChunked(200, "text/event-stream", "Cache-Control: no-cache")) {
            for (int i = 1; i <= 3; i++) {
                out.write(("data: reading " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
                pause(100);
            }
        }
    }

    private static void reset(WebExchange exchange) throws IOException {
        exchange.start(200, "application/octet-stream", CUT_ANSWER);
        Payload.write(exchange.out(), bytes(exchange, "after"));
        pause(200); // what was sent must have left the socket, or the reset drops it
        exchange.connection().reset();
    }

    private static void slow(WebExchange exchange) throws IOException {
        long size = bytes(exchange, "bytes");
        if (size > 0) {
            exchange.start(200, "application/octet-stream", size);
            try (InputStream source = Payload.stream(size)) {
                for (byte[] part = source.readNBytes(10_000); part.length > 0; part = source.readNBytes(10_000)) {
                    exchange.out().write(part);
                    pause(10);
                }
            }
        } else {
            long total = 0;
            InputStream body = exchange.body();
            for (byte[] part = body.readNBytes(10_000); part.length > 0; part = body.readNBytes(10_000)) {
                total += part.length;
                pause(10);
            }
            exchange.answer(200, "text/plain", Long.toString(total));
        }
    }

    private static void redirect(WebExchange exchange) throws IOException {
        String host = exchange.findField("Host").orElse("");
        exchange.answer(302, "text/plain", "", "Location: https://" + host + "/landed");
    }

    private void awaitClose() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis); // the pace of this device; no test waits on it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.close();
    }
}
