package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.FreePort;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Pebble;
import sallyport.testkit.Program;
import sallyport.testkit.Visitor;

/**
 * G23 and certificates from an authority: pebble, which rejects every second nonce and takes accounts of its customer alone, looks at
 * the gateway's real ports.
 */
@ExtendWith(SharedGateway.class)
class AuthorityTest {
    private static final Duration ISSUED = Duration.ofSeconds(60);
    private static final String FIRST = "first.example.test";
    private static final String SECOND = "second.example.test";

    private final int http = FreePort.pick();
    private final int https = FreePort.pick();

    private GatewayProcess start(Scene scene, Pebble pebble, String challenges) {
        return scene.ownGateway(setup -> setup.with("http", "{listen: 127.0.0.1:" + http + "}")
                .with("https", "{listen: 127.0.0.1:" + https + "}")
                .with(
                        "acme",
                        "{directory: %s, trust: %s, terms-agreed: true, eab-key-id: %s, eab-key: %s, %s}"
                                .formatted(
                                        pebble.directory(),
                                        pebble.trust(),
                                        Pebble.CUSTOMER,
                                        Pebble.CUSTOMER_KEY,
                                        challenges)));
    }

    /** What an operator would write to change records, here at pebble's own DNS server. */
    private static Path hook(Scene scene, Pebble pebble) {
        Path hook = scene.folder().write("hook", """
                #!/bin/sh
                case $1 in
                  add) body="{\\"host\\": \\"$2.\\", \\"value\\": \\"$3\\"}" path=set-txt ;;
                  *) body="{\\"host\\": \\"$2.\\"}" path=clear-txt ;;
                esac
                exec curl -sS --fail --noproxy '*' -d "$body" %s/$path
                """.formatted(pebble.records()));
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        return hook;
    }

    private static void tellDns(Pebble pebble, String path, String host) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(pebble.records() + path))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"host\": \"" + host + ".\"}"))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static FakeAppliance meter(Scene scene, String hostnames) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("meter"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("meter", device -> device.port(port).with("hostnames", hostnames));
        scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        return appliance;
    }

    private static void awaitState(GatewayProcess gateway, String name, String state) {
        await().atMost(ISSUED).untilAsserted(() -> {
            Program.Result list = gateway.command("certificate", "list");
            assertThat(list.stdout().lines().filter(line -> line.startsWith(name + " ")))
                    .as("%s", list)
                    .anyMatch(line -> line.contains("  " + state + "  "));
        });
    }

    private static BigInteger shown(GatewayProcess gateway, SSLContext trust, String host) throws IOException {
        try (Visitor visitor = Visitor.tls(gateway.ports().https(), host, trust)) {
            return visitor.certificate().getSerialNumber();
        }
    }

    @Test
    void threeTypesOfChallengeLeadFromTheFirstStartToTrustedPages(Scene scene) throws Exception {
        Pebble pebble = scene.use(Pebble.lookingAt(http, https));
        tellDns(pebble, "/set-servfail", SECOND);
        GatewayProcess gateway = start(
                scene,
                pebble,
                "challenges: [tls-alpn-01, http-01, dns-01], dns-provider: exec, dns-command: [%s], dns-wait: 0"
                        .formatted(hook(scene, pebble)));
        meter(scene, "[\"" + FIRST + "\",\"" + SECOND + "\"]");

        awaitState(gateway, "*.sallyport.test", "ready");
        awaitState(gateway, FIRST, "ready");
        awaitState(gateway, SECOND, "failed");
        assertThat(gateway.command("certificate", "list").stdout()).contains("SP-723", "tls-alpn-01");
        tellDns(pebble, "/clear-servfail", SECOND);
        assertThat(gateway.command("certificate", "renew", SECOND).exitCode()).isZero();
        awaitState(gateway, SECOND, "ready");

        for (String host : List.of("meter.sallyport.test", FIRST, SECOND)) {
            scene.answered(() -> gateway.visitHost(host, "/").trusting(pebble.root()));
        }
        assertThat(pebble.program().stdout())
                .contains("http://" + SECOND + ":" + http + "/.well-known/acme-challenge/");
    }

    @Test
    @Tag("proof")
    void neitherStrangersNorRestartsCostAnOrderAndAnAuthorityThatIsDownChangesNothing(Scene scene) throws Exception {
        Pebble pebble = scene.use(Pebble.lookingAt(http, https));
        GatewayProcess gateway = start(scene, pebble, "challenges: [tls-alpn-01]");
        meter(scene, "[]");
        awaitState(gateway, "meter.sallyport.test", "ready");
        scene.answered(() -> gateway.visit("meter", "/").trusting(pebble.root()));
        SSLContext trust = Visitor.trusting(pebble.root());
        BigInteger serial = shown(gateway, trust, "meter.sallyport.test");
        assertThat(pebble.orders()).isEqualTo(1);

        for (int i = 0; i < Size.of(100, 1000); i++) {
            String stranger = "r" + i + ".sallyport.test";
            assertThat(refused(gateway, stranger)).isTrue();
        }
        for (int i = 0; i < Size.of(1, 20); i++) {
            gateway.stop();
            gateway.restart();
            assertThat(shown(gateway, trust, "meter.sallyport.test")).isEqualTo(serial);
        }
        assertThat(pebble.orders()).isEqualTo(1);

        pebble.stop();
        assertThat(gateway.command("certificate", "renew", "meter.sallyport.test")
                        .exitCode())
                .isZero();
        gateway.program().awaitLine("SP-721", Duration.ofSeconds(60));
        awaitState(gateway, "meter.sallyport.test", "renewal failed");
        assertThat(shown(gateway, trust, "meter.sallyport.test")).isEqualTo(serial);
        assertThat(scene.metric("sallyport_notices_total{reason=\"SP-721\"}")).isPositive();
    }

    private static boolean refused(GatewayProcess gateway, String name) {
        try (Visitor visitor = Visitor.tls(gateway.ports().https(), name, Visitor.trustingAnything())) {
            return visitor.certificate() == null;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aHostnameThatNoAuthorityWouldFindIsSavedWithAWarning(Scene scene) {
        Pebble pebble = scene.use(Pebble.lookingAt(http, https));
        GatewayProcess gateway = start(scene, pebble, "challenges: [http-01]");
        meter(scene, "[]");

        Program.Result added = gateway.command("hostname", "add", "nowhere.invalid", "--device", "meter");

        assertThat(added.exitCode()).isZero();
        assertThat(added.stderr()).contains("warning: SP-735 nowhere.invalid does not resolve here");
    }
}
