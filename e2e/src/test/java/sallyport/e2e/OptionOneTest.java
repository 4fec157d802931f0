package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Nginx;
import sallyport.testkit.Visitor;

/** Option 1: people open the device's own HTTPS on a port of the gateway. */
@ExtendWith(SharedGateway.class)
@Tag("smoke")
class OptionOneTest {
    @Test
    void openPortLeadsToTheDeviceWithItsTlsUntouched(Scene scene) throws Exception {
        Nginx nginx = scene.use(Nginx.tls("analyser-1"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("analyser-1", device -> device.openPort(port));
        scene.use(scene.ssh(key).forward(port, nginx.port()).start());

        Curl.Answer answer =
                scene.answered(() -> Curl.url("https://127.0.0.1:" + port + "/").trustingAnything());

        assertThat(answer.body()).contains("<h1>analyser-1</h1>");
        try (Visitor visitor = Visitor.tlsUnverified(port)) {
            assertThat(visitor.certificate()).isEqualTo(nginx.certificate().certificate());
        }
    }
}
