package sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The appliance of the demo: a bench multimeter whose web interface has pages, live values over a WebSocket, a large
 * download and an upload form. HTTPS with a certificate of its own, on a free loopback port.
 */
public final class SampleAppliance implements AutoCloseable {
    /** Size of the download. */
    public static final long CAPTURE_BYTES = 32L * 1024 * 1024;

    private static final long SAMPLE_MILLIS = 100;

    /** Computed when somebody asks first. */
    private static final class Capture {
        private static final String SHA256 = Payload.sha256(CAPTURE_BYTES);
    }

    private record Page(String path, String title, String file) {}

    private static final List<Page> PAGES = List.of(
            new Page("/", "Live", "live.html"),
            new Page("/captures", "Captures", "capture.html"),
            new Page("/firmware", "Firmware", "firmware.html"));

    private final String name;
    private final WebServer server;
    private final CountDownLatch closing = new CountDownLatch(1);

    private SampleAppliance(String name) {
        this.name = name;
        server = WebServer.tls(SelfSignedCertificate.forNames(name + ".local"), this::handle);
    }

    /** Starts it. */
    public static SampleAppliance start(String name) {
        return new SampleAppliance(name);
    }

    /** What the download's digest must be, in lower-case hex. */
    public static String captureSha256() {
        return Capture.SHA256;
    }

    public int port() {
        return server.port();
    }

    private void handle(WebExchange exchange) throws IOException {
        switch (exchange.path()) {
            case "/live" -> sendReadings(exchange);
            case "/appliance.css" -> exchange.answer(200, "text/css; charset=utf-8", resource("appliance.css"));
            case "/appliance.js" -> exchange.answer(200, "text/javascript; charset=utf-8", resource("appliance.js"));
            case "/capture-0001.bin" -> {
                exchange.start(200, "application/octet-stream", CAPTURE_BYTES, "Content-Disposition: attachment");
                Payload.write(exchange.out(), CAPTURE_BYTES);
            }
            case "/echo" -> exchange.answer(200, "text/plain; charset=utf-8", exchange.head());
            default -> page(exchange);
        }
    }

    private void page(WebExchange exchange) throws IOException {
        if (exchange.path().equals("/firmware") && exchange.method().equals("POST")) {
            exchange.answer(200, "text/plain; charset=utf-8", Payload.sha256(exchange.body()) + "\n");
            return;
        }
        for (Page page : PAGES) {
            if (page.path().equals(exchange.path())) {
                exchange.answer(200, "text/html; charset=utf-8", html(page), "Cache-Control: no-store");
                return;
            }
        }
        exchange.answer(404, "text/plain; charset=utf-8", "This appliance has no " + exchange.path() + "\n");
    }

    private String html(Page current) {
        StringBuilder nav = new StringBuilder();
        for (Page page : PAGES) {
            nav.append("<a href=\"").append(page.path()).append('"');
            nav.append(page == current ? " aria-current=\"page\">" : ">")
                    .append(page.title())
                    .append("</a>");
        }
        String content = resource(current.file());
        if (current.path().equals("/captures")) {
            content = content.replace("{{size}}", Long.toString(CAPTURE_BYTES >> 20))
                    .replace("{{sha}}", captureSha256());
        }
        return resource("frame.html")
                .replace("{{title}}", current.title())
                .replace("{{name}}", name)
                .replace("{{nav}}", nav)
                .replace("{{content}}", content);
    }

    private void sendReadings(WebExchange exchange) throws IOException {
        WebSocketFrames frames = WebSocketFrames.accept(exchange);
        long start = System.nanoTime();
        do {
            double seconds = (System.nanoTime() - start) / 1e9;
            double volts = 5.0021 + 0.0034 * Math.sin(seconds / 3) + 0.0009 * Math.sin(seconds * 2.7);
            double celsius = 31.4 + 0.6 * Math.sin(seconds / 40);
            frames.text(String.format(Locale.ROOT, "{\"volts\":%.5f,\"celsius\":%.2f}", volts, celsius));
        } while (!closedWithin(SAMPLE_MILLIS));
    }

    private boolean closedWithin(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static String resource(String file) {
        try (InputStream in = SampleAppliance.class.getResourceAsStream("appliance/" + file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.close();
    }
}
