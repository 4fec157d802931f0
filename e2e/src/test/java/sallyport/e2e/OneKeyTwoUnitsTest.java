package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** Two ssh clients of one device with one key and different ports live side by side. */
@ExtendWith(SharedGateway.class)
class OneKeyTwoUnitsTest {
    @Test
    void neitherTakesAnythingFromTheOther(Scene scene) {
        GatewayProcess gateway = scene.ownGateway(setup -> setup);
        FakeAppliance first = scene.use(FakeAppliance.plain("unit-1"));
        FakeAppliance second = scene.use(FakeAppliance.plain("unit-2"));
        int one = scene.newPort();
        int two = scene.newPort();
        KeyFile key = scene.enrol("two-units", device -> device.openPort(one).openPort(two));
        Program a = scene.use(scene.ssh(key).forward(one, first.port()).start());
        Program b = scene.use(scene.ssh(key).forward(two, second.port()).start());
        scene.answered(() -> Curl.url("http://127.0.0.1:" + one + "/"));
        scene.answered(() -> Curl.url("http://127.0.0.1:" + two + "/"));

        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(6)).until(() -> a.alive() && b.alive());

        assertThat(gateway.program().alive()).isTrue();
        assertThat(scene.metric("sallyport_takeovers_total")).isZero();
        assertThat(Curl.url("http://127.0.0.1:" + one + "/").run().body()).isEqualTo("unit-1");
        assertThat(Curl.url("http://127.0.0.1:" + two + "/").run().body()).isEqualTo("unit-2");
    }
}
