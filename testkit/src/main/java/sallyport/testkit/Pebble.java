package sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * The certificate authority pebble with its DNS server, on free loopback ports. It rejects every second nonce, looks at once,
 * and resolves every name to 127.0.0.1.
 */
public final class Pebble implements AutoCloseable {
    /** What every account must be bound to (RFC 8555 section 7.3.4). */
    public static final String CUSTOMER = "customer-7";

    /** The key that the authority has given to that customer. */
    public static final String CUSTOMER_KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final TempFolder folder = TempFolder.create("pebble");
    private final SelfSignedCertificate certificate = SelfSignedCertificate.forNames("localhost");
    private final SSLContext trust = Visitor.trustingAnything();
    private final int port = FreePort.pick();
    private final int management = FreePort.pick();
    private final int dnsManagement = FreePort.pick();
    private final Program dns;
    private final Program authority;

    private Pebble(int http, int https) {
        int dnsPort = FreePort.pick();
        folder.write("certificate.pem", certificate.certificatePem());
        folder.writeSecret("key.pem", certificate.privateKeyPem());
        folder.write("pebble.json", """
                {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
                "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d,
                "ocspResponderURL": "", "externalAccountBindingRequired": true,
                "externalAccountMACKeys": {"%s": "%s"}}}
                """.formatted(
                        port,
                        management,
                        folder.resolve("certificate.pem"),
                        folder.resolve("key.pem"),
                        http,
                        https,
                        CUSTOMER,
                        CUSTOMER_KEY));
        dns = Program.start(List.of(
                "pebble-challtestsrv",
                "-dns01",
                "127.0.0.1:" + dnsPort,
                "-management",
                "127.0.0.1:" + dnsManagement,
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                ""));
        authority = launch(dnsPort);
    }

    private Program launch(int dnsPort) {
        Program program = Program.start(
                List.of(
                        "pebble",
                        "-config",
                        folder.resolve("pebble.json").toString(),
                        "-dnsserver",
                        "127.0.0.1:" + dnsPort),
                null,
                Map.of("PEBBLE_WFE_NONCEREJECT", "50", "PEBBLE_VA_NOSLEEP", "1"));
        FreePort.awaitListener(port, DEADLINE);
        return program;
    }

    /** Starts one that looks at challenges on these ports of 127.0.0.1. */
    public static Pebble lookingAt(int http, int https) {
        return new Pebble(http, https);
    }

    /** Its directory. */
    public String directory() {
        return "https://localhost:" + port + "/dir";
    }

    /** What its own HTTPS is checked against. */
    public Path trust() {
        return folder.resolve("certificate.pem");
    }

    /** The root of the certificates that it gives, as a file for visitors. */
    public Path root() {
        return folder.write("root.pem", get("https://localhost:" + management + "/roots/0"));
    }

    /** Where TXT records are set: {@code POST /set-txt} and {@code /clear-txt}. */
    public String records() {
        return "http://127.0.0.1:" + dnsManagement;
    }

    /** The number of orders that it was asked for, by its own log. */
    public long orders() {
        return authority
                .stdout()
                .lines()
                .filter(line -> line.contains("orders in the db"))
                .count();
    }

    public Program program() {
        return authority;
    }

    private String get(String url) {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(DEADLINE).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the authority, its accounts and orders. */
    public void stop() {
        authority.close();
    }

    @Override
    public void close() {
        authority.close();
        dns.close();
        folder.close();
    }
}
