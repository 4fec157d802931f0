package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.ConnectProxy;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;
import sallyport.testkit.Visitor;

/** G14: a firewall that lets out 443 alone: SSH and HTTPS share the port, whoever speaks first, in TLS or without. */
@ExtendWith(SharedGateway.class)
class OnePortForEverythingTest {
    @Test
    void openSshForwardsThroughTheHttpsPort(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("narrow"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("narrow", device -> device.port(port));
        scene.use(StockSsh.openssh(scene.gateway().ports().https(), key)
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("narrow");
    }

    @Test
    void dropbearForwardsThroughTheHttpsPort(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("narrow-dropbear"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("narrow-dropbear", device -> device.port(port));
        scene.use(StockSsh.dropbear(scene.gateway().ports().https(), key)
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("narrow-dropbear");
    }

    @Test
    void sshGoesThroughTheHttpProxyOfANetwork(Scene scene) {
        int https = scene.gateway().ports().https();
        ConnectProxy proxy = scene.use(ConnectProxy.lettingOut(https));
        dialBy(scene, "proxied", https, "nc -X connect -x 127.0.0.1:" + proxy.port() + " %h %p");
        scene.untilAnswered("proxied");
    }

    @Test
    void sshInsideTlsIsAskedForByItsProtocol(Scene scene) {
        dialBy(
                scene,
                "inspected",
                scene.gateway().ports().https(),
                inTls(scene, GatewayProcess.hostname("inspected"), "-alpn ssh"));
        scene.untilAnswered("inspected");
    }

    /** The name must be one that the certificate covers: the client checks it. */
    @Test
    void sshInsideTlsHasANameOfItsOwnAndEndsWithTheGateway(Scene scene) {
        GatewayProcess gateway = scene.ownGateway(
                setup -> setup.with("ssh", "{listen: 127.0.0.1:0, hostname: " + GatewayProcess.DOMAIN + "}"));
        Program client = dialBy(scene, "disguised", gateway.ports().https(), inTls(scene, GatewayProcess.DOMAIN, ""));
        scene.untilAnswered("disguised");

        assertThat(scene.command("device", "set", "disguised", "--key-from", "192.0.2.1")
                        .exitCode())
                .isZero();
        client.finish(Scene.SOON);
        assertThat(gateway.visit("disguised", "/").run().status()).isEqualTo(503);
    }

    private static String inTls(Scene scene, String name, String more) {
        return "openssl s_client -quiet -verify_return_error -CAfile "
                + scene.gateway().ca() + " -verify_hostname " + name + " -servername " + name + " " + more
                + " -connect %h:%p";
    }

    private static Program dialBy(Scene scene, String device, int port, String proxyCommand) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls(device));
        int remote = scene.newPort();
        KeyFile key = scene.enrol(device, grants -> grants.port(remote));
        return scene.use(StockSsh.openssh(port, key)
                .option("ProxyCommand=" + proxyCommand)
                .forward(remote, appliance.port())
                .start());
    }

    @Test
    void clientThatWaitsIsGreetedAfterAWhile(Scene scene) throws Exception {
        try (Visitor waiting = Visitor.tcp(scene.gateway().ports().https())) {
            assertThat(new String(waiting.in().readNBytes(8), StandardCharsets.US_ASCII))
                    .isEqualTo("SSH-2.0-");
            while (waiting.in().read() != '\n') {
                // the rest of its name
            }
            waiting.send("SSH-2.0-patient\r\n");
            assertThat(waiting.in().readNBytes(6)[5]).as("a KEXINIT").isEqualTo((byte) 20);
        }
    }

    @Test
    void nobodyIsGreetedOrServedWhereSshIsOff(Scene scene) throws Exception {
        scene.ownGateway(setup -> setup.with("https", "{listen: 127.0.0.1:0, ssh: no}"));
        try (Visitor visitor = Visitor.tcp(scene.gateway().ports().https())) {
            visitor.send("SSH-2.0-device\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(visitor.rest()).isEmpty();
        }
    }
}
