package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Nginx;
import sallyport.testkit.Program;
import sallyport.testkit.Visitor;

/** TLS mode passthrough: routed by SNI, bytes untouched, the device's own certificate. */
@ExtendWith(SharedGateway.class)
class PassthroughTest {
    @Test
    void visitorMeetsTheDevicesOwnCertificateUnderItsName(Scene scene) throws IOException {
        Nginx nginx = scene.use(Nginx.tls("untouched"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("untouched", device -> device.port(port).with("tls", "\"passthrough\""));
        scene.use(scene.ssh(key).forward(port, nginx.port()).start());
        GatewayProcess gateway = scene.gateway();

        Curl.Answer answer =
                scene.answered(() -> gateway.visit("untouched", "/").trustingAnything());

        assertThat(answer.body()).contains("<h1>untouched</h1>");
        try (Visitor visitor = Visitor.tls(
                gateway.ports().https(), GatewayProcess.hostname("untouched"), Visitor.trustingAnything())) {
            assertThat(visitor.certificate()).isEqualTo(nginx.certificate().certificate());
        }
        String own = Program.run(
                        Scene.SOON,
                        List.of(
                                "openssl",
                                "x509",
                                "-noout",
                                "-fingerprint",
                                "-sha256",
                                "-in",
                                scene.folder()
                                        .write("device.pem", nginx.certificate().certificatePem())
                                        .toString()))
                .stdout();
        String hash = own.substring(own.indexOf('=') + 1).strip();
        await().atMost(Scene.SOON)
                .untilAsserted(() -> assertThat(scene.command("hostname", "show", GatewayProcess.hostname("untouched"))
                                .stdout())
                        .contains(hash));
        assertThat(scene.command(
                                "why",
                                "https://" + GatewayProcess.hostname("untouched") + ":"
                                        + gateway.ports().https())
                        .stdout())
                .contains("the device shows its own (passthrough), last SHA256:");
    }
}
