package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Visitor;

/** G11: digest logins that hash the URI and live on one connection work through the gateway. */
@ExtendWith(SharedGateway.class)
class DigestDeviceTest {
    @Test
    void cameraAdmitsADigestLoginOnAnOddTarget(Scene scene) {
        FakeAppliance camera = scene.use(FakeAppliance.tls("camera"));
        scene.online("camera", camera.port());

        Curl.Answer answer = scene.gateway()
                .visit("camera", "/digest/a%5B0%5D?x=1")
                .with("--digest", "-u", "u:p")
                .run();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("/digest/a%5B0%5D?x=1");
    }

    @Test
    void oneVisitorConnectionIsOneDeviceConnection(Scene scene) throws IOException {
        FakeAppliance camera = scene.use(FakeAppliance.plain("camera-2"));
        scene.online("camera-2", camera.port());
        String host = "camera-2.sallyport.test";

        try (Visitor first = scene.gateway().connect("camera-2");
                Visitor second = scene.gateway().connect("camera-2")) {
            String one = first.bodyText(first.get(host, "/connection"));
            String two = second.bodyText(second.get(host, "/connection"));
            assertThat(first.bodyText(first.get(host, "/connection"))).isEqualTo(one);
            assertThat(second.bodyText(second.get(host, "/connection"))).isEqualTo(two);
            assertThat(one).isNotEqualTo(two);
        }
    }
}
