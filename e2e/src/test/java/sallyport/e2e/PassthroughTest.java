package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Nginx;
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
    }
}
