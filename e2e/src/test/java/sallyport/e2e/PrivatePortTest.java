package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;

/** A private port has no listener anywhere: only names lead to it. */
@ExtendWith(SharedGateway.class)
class PrivatePortTest {
    @Test
    void nothingListensOnTheNumberThatTheDeviceForwards(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("private"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("private", device -> device.port(port));
        scene.use(scene.ssh(key)
                .forward("localhost:" + port + ":127.0.0.1:" + appliance.port())
                .start());
        scene.untilAnswered("private");

        assertThat(Curl.url("http://127.0.0.1:" + port + "/").run().status()).isZero();
        assertThat(Curl.url("http://[::1]:" + port + "/").run().status()).isZero();
    }
}
