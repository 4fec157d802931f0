package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.Nginx;

/** Option 2: people open the device by its name on the HTTPS port. */
@ExtendWith(SharedGateway.class)
@Tag("smoke")
class OptionTwoTest {
    @Test
    void nameLeadsToTheDeviceUnderACertificateOfTheLocalCa(Scene scene) {
        Nginx nginx = scene.use(Nginx.tls("analyser-2"));
        scene.online("analyser-2", nginx.port());

        Curl.Answer answer = scene.gateway().visit("analyser-2", "/").run();

        assertThat(answer.body()).contains("<h1>analyser-2</h1>");
        assertThat(answer.findField("X-Device")).contains("analyser-2");
    }

    @Test
    void deviceThatSpeaksPlainHttpIsReachedTheSameWay(Scene scene) {
        Nginx nginx = scene.use(Nginx.plain("plain-2"));
        scene.online("plain-2", nginx.port());

        assertThat(scene.gateway().visit("plain-2", "/").run().body()).contains("<h1>plain-2</h1>");
    }
}
