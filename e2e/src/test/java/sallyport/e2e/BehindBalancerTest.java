package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.HaProxy;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Nginx;
import sallyport.testkit.StockSsh;
import sallyport.testkit.Visitor;

/** G24: behind a balancer or an HTTP proxy, rules and logs see the real address, and nobody else can forge it. */
@ExtendWith(SharedGateway.class)
class BehindBalancerTest {
    private static final String FROM = ", proxy-protocol-from: " + HaProxy.ADDRESS + "}";

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2"})
    void visitorsAndDevicesAreJudgedByTheirOwnAddresses(String header, Scene scene) {
        GatewayProcess gateway = behindBalancer(scene);
        int https = scene.newPort();
        int ssh = scene.newPort();
        int http = scene.newPort();
        scene.use(HaProxy.relaying(
                Map.of(
                        https, gateway.ports().https(),
                        ssh, gateway.ports().ssh(),
                        http, gateway.ports().http()),
                header));
        FakeAppliance appliance = scene.use(FakeAppliance.tls("behind"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("behind", device -> device.port(port));
        assertThat(scene.command("device", "set", "behind", "--from", "127.0.0.5", "--key-from", "127.0.0.6")
                        .exitCode())
                .isZero();

        scene.use(StockSsh.openssh(ssh, key)
                .with("-b", "127.0.0.6")
                .forward(port, appliance.port())
                .start());

        await().atMost(Scene.SOON)
                .until(() -> visit(gateway, https, "127.0.0.5").run().status() == 200);
        assertThat(visit(gateway, https, "127.0.0.7").run().status()).isEqualTo(403);
        assertThat(Curl.url("http://behind.sallyport.test:" + http + "/a")
                        .resolve("behind.sallyport.test", http)
                        .run()
                        .status())
                .isEqualTo(301);
        gateway.program().awaitLine("behind.*127\\.0\\.0\\.6", Scene.SOON);
    }

    @Test
    void balancerWithoutHeaderAndHeaderWithoutBalancerAreClosed(Scene scene) throws Exception {
        GatewayProcess gateway = behindBalancer(scene);
        int https = scene.newPort();
        int ssh = scene.newPort();
        scene.use(HaProxy.relaying(
                Map.of(https, gateway.ports().https(), ssh, gateway.ports().ssh()), ""));

        for (int port : new int[] {https, ssh}) {
            try (Visitor silent = Visitor.tcp(port)) {
                silent.send("SSH-2.0-forgotten\r\n");
                assertThat(silent.rest()).isEmpty();
            }
        }
        for (int port : new int[] {gateway.ports().https(), gateway.ports().ssh()}) {
            try (Visitor liar = Visitor.tcp(port)) {
                liar.send("PROXY TCP4 127.0.0.5 127.0.0.1 4242 443\r\nSSH-2.0-liar\r\n");
                assertThat(liar.rest()).as("greeted perhaps, answered never").doesNotContain("curve25519");
            }
        }
        gateway.program().awaitLine("SP-458", Scene.SOON);
        gateway.program().awaitLine("SP-459", Scene.SOON);
    }

    @Test
    void visitorsOfNginxInFrontAreJudgedByTheirOwnAddresses(Scene scene) {
        GatewayProcess gateway = scene.ownGateway(setup -> setup.with(
                "https", "{listen: 127.0.0.1:0, public-port: 9443, forwarded-from: " + HaProxy.ADDRESS + "}"));
        Nginx nginx = scene.use(Nginx.tls("front", """
                location / {
                      proxy_pass https://127.0.0.1:%d;
                      proxy_bind %s;
                      proxy_ssl_server_name on;
                      proxy_ssl_name $host;
                      proxy_http_version 1.1;
                      proxy_set_header Host $host;
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                      proxy_set_header X-Forwarded-Proto $scheme;
                      proxy_set_header X-Forwarded-Host $host:$server_port;
                    }
                """.formatted(gateway.ports().https(), HaProxy.ADDRESS)));
        online(scene);

        Curl.Answer seen = scene.answered(() -> through(nginx.port(), "127.0.0.5"));
        assertThat(seen.body())
                .containsIgnoringCase("X-Forwarded-For: 127.0.0.5\n")
                .containsIgnoringCase("X-Forwarded-Host: behind.sallyport.test:" + nginx.port() + "\n")
                .containsIgnoringCase("X-Forwarded-Proto: https\n")
                .doesNotContain("127.0.0.9", "192.0.2.1");
        assertThat(through(nginx.port(), "127.0.0.7").run().status()).isEqualTo(403);
        gateway.program().awaitLine("127\\.0\\.0\\.7.*403|403.*127\\.0\\.0\\.7", Scene.SOON);
        assertThat(visit(gateway, gateway.ports().https(), "127.0.0.7")
                        .header("X-Forwarded-For: 127.0.0.5")
                        .run()
                        .status())
                .as("nobody else is believed")
                .isEqualTo(403);
        assertThat(scene.command("hostname", "show", "behind.sallyport.test").stdout())
                .contains("https://behind.sallyport.test:9443/");
    }

    @Test
    void visitorsOfHaproxyInFrontAreKnownByForwarded(Scene scene) {
        GatewayProcess gateway = scene.ownGateway(setup -> setup.with(
                "https",
                "{listen: 127.0.0.1:0, forwarded-header: forwarded, forwarded-from: " + HaProxy.ADDRESS + "}"));
        int port = scene.newPort();
        scene.use(HaProxy.asking(
                port, gateway.ports().https(), "http-request add-header Forwarded for=%[src];proto=http"));
        online(scene);

        Curl.Answer seen = scene.answered(() -> Curl.url("http://behind.sallyport.test:" + port + "/echo")
                .resolve("behind.sallyport.test", port)
                .header("Forwarded: for=192.0.2.1")
                .header("X-Forwarded-For: 192.0.2.2")
                .with("--interface", "127.0.0.5"));
        assertThat(seen.body())
                .containsIgnoringCase(
                        "Forwarded: for=127.0.0.5;host=\"behind.sallyport.test:" + port + "\";proto=http\n")
                .doesNotContain("192.0.2.");
        assertThat(Curl.url("http://behind.sallyport.test:" + port + "/echo")
                        .resolve("behind.sallyport.test", port)
                        .with("--interface", "127.0.0.7")
                        .run()
                        .status())
                .isEqualTo(403);
    }

    /** A device whose only visitor may be 127.0.0.5. */
    private static void online(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("behind"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("behind", device -> device.port(port));
        assertThat(scene.command("device", "set", "behind", "--from", "127.0.0.5")
                        .exitCode())
                .isZero();
        scene.use(scene.ssh(key).forward(port, appliance.port()).start());
    }

    private static Curl through(int port, String from) {
        return Curl.url("https://behind.sallyport.test:" + port + "/echo")
                .resolve("behind.sallyport.test", port)
                .trustingAnything()
                .header("X-Forwarded-For: 192.0.2.1")
                .with("--interface", from);
    }

    private static GatewayProcess behindBalancer(Scene scene) {
        return scene.ownGateway(setup -> setup.with("ssh", "{listen: 127.0.0.1:0" + FROM)
                .with("https", "{listen: 127.0.0.1:0" + FROM)
                .with("http", "{listen: 127.0.0.1:0" + FROM));
    }

    private static Curl visit(GatewayProcess gateway, int port, String from) {
        return Curl.url("https://behind.sallyport.test:" + port + "/")
                .resolve("behind.sallyport.test", port)
                .trusting(gateway.ca())
                .with("--interface", from);
    }
}
