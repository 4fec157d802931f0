package sallyport.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sallyport.testkit.Payload;
import sallyport.testkit.SampleAppliance;
import sallyport.testkit.Visitor;
import sallyport.testkit.WebSocketFrames;

/** The demo's visitor: goes to the sample appliance through both options and checks everything that comes back. */
final class RoundTrip {
    private static final int UPLOAD_BYTES = 8 * 1024 * 1024;
    private static final int READINGS = 3;
    private static final String PAGE_MARK = "Bench multimeter";

    private final Place place;
    private final List<Check> checks = new ArrayList<>();

    RoundTrip(Place place) {
        this.place = place;
    }

    /**
     * Where the demo stands, all on loopback.
     *
     * @param hostname the appliance's name behind the HTTPS front
     * @param ca the local CA's root
     */
    record Place(String hostname, int https, int http, int openPort, Path ca) {}

    /** One thing that was tried, with what came of it. */
    record Check(String what, String outcome, Duration took, boolean passed) {}

    private interface Step {
        /** Says what was seen; throws when it was not right. */
        String run() throws IOException;
    }

    private interface Connection {
        Visitor open() throws IOException;
    }

    /** Tries everything, also after a failure. */
    List<Check> run() {
        Connection byPort = () -> Visitor.tlsUnverified(place.openPort());
        Connection byName = () -> Visitor.tls(place.https(), place.hostname(), Visitor.trusting(place.ca()));
        through("open port", byPort);
        through("hostname", byName);
        check("redirect from http", this::redirect);
        return List.copyOf(checks);
    }

    private void through(String option, Connection connection) {
        check(option + ": page", () -> page(connection));
        check(option + ": WebSocket", () -> liveValues(connection));
        check(option + ": download", () -> download(connection));
        check(option + ": upload", () -> upload(connection));
    }

    private void check(String what, Step step) {
        long start = System.nanoTime();
        String outcome;
        boolean passed = false;
        try {
            outcome = step.run();
            passed = true;
        } catch (IOException | RuntimeException e) {
            outcome = "FAILED: " + e;
        }
        checks.add(new Check(what, outcome, Duration.ofNanos(System.nanoTime() - start), passed));
    }

    private String page(Connection connection) throws IOException {
        try (Visitor visitor = connection.open()) {
            Visitor.Head head = visitor.get(place.hostname(), "/");
            require(head.status() == 200, "status " + head.status());
            require(visitor.bodyText(head).contains(PAGE_MARK), "not the appliance's page");
            String issuer = visitor.certificate().getIssuerX500Principal().getName();
            return "200, certificate by " + issuer;
        }
    }

    private String liveValues(Connection connection) throws IOException {
        try (Visitor visitor = connection.open()) {
            WebSocketFrames frames = visitor.webSocket(place.hostname(), "/live");
            String reading = "";
            for (int i = 0; i < READINGS; i++) {
                reading = frames.read().text();
                require(reading.contains("\"volts\""), "not a reading: " + reading);
            }
            return READINGS + " readings, the last " + reading;
        }
    }

    private String download(Connection connection) throws IOException {
        try (Visitor visitor = connection.open()) {
            Visitor.Head head = visitor.get(place.hostname(), "/capture-0001.bin");
            String sum = Payload.sha256(visitor.body(head));
            require(sum.equals(SampleAppliance.captureSha256()), "SHA-256 differs: " + sum);
            return (SampleAppliance.CAPTURE_BYTES >> 20) + " MiB, SHA-256 equal";
        }
    }

    private String upload(Connection connection) throws IOException {
        try (Visitor visitor = connection.open();
                InputStream firmware = Payload.stream(UPLOAD_BYTES)) {
            visitor.send("POST /firmware HTTP/1.1\r\nHost: " + place.hostname() + "\r\nContent-Length: " + UPLOAD_BYTES
                    + "\r\n\r\n");
            firmware.transferTo(visitor.out());
            visitor.out().flush();
            String sum = visitor.bodyText(visitor.readHead()).strip();
            require(sum.equals(Payload.sha256(UPLOAD_BYTES)), "SHA-256 differs: " + sum);
            return (UPLOAD_BYTES >> 20) + " MiB, SHA-256 equal";
        }
    }

    private String redirect() throws IOException {
        String expected = "https://" + place.hostname() + ":" + place.https() + "/captures?a=%2F";
        try (Visitor visitor = Visitor.tcp(place.http())) {
            Visitor.Head head = visitor.get(place.hostname(), "/captures?a=%2F");
            String location = head.findField("Location").orElse("none");
            require(head.status() == 301 && location.equals(expected), head.status() + " to " + location);
            return "301 to " + location;
        }
    }

    private static void require(boolean right, String otherwise) throws IOException {
        if (!right) {
            throw new IOException(otherwise);
        }
    }

    /** The checks as a table for people. */
    static String table(List<Check> checks) {
        int width =
                checks.stream().mapToInt(check -> check.what().length()).max().orElse(0);
        StringBuilder table = new StringBuilder();
        for (Check check : checks) {
            table.append(String.format(
                    Locale.ROOT,
                    "  %-" + width + "s  %6d ms  %s%n",
                    check.what(),
                    check.took().toMillis(),
                    check.outcome()));
        }
        return table.toString();
    }
}
