package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;

/** G21: "no such name", "device away" and "its web server is down" are three different answers. */
@ExtendWith(SharedGateway.class)
class AbsenceTest {
    private static final int CURL_TLS_FAILED = 35;

    @Test
    void unknownNameGetsAnAlertAndNoDevice(Scene scene) {
        Curl.Answer answer =
                scene.gateway().visitHost("never-heard.example.com", "/").run();
        assertThat(answer.exitCode()).isEqualTo(CURL_TLS_FAILED);
    }

    @Test
    void deviceThatIsAwayIs503WithRetryAfter(Scene scene) {
        scene.enrol("away", device -> device);
        Curl.Answer answer = scene.gateway().visit("away", "/").run();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.findField("Retry-After")).isPresent();
        assertThat(answer.findField("Content-Type").orElse("")).startsWith("text/html");
        assertThat(answer.body()).contains("SP-503");
    }

    @Test
    void programsGetProblemJson(Scene scene) {
        scene.enrol("away-json", device -> device);
        Curl.Answer answer = scene.gateway()
                .visit("away-json", "/")
                .header("Accept: application/json")
                .run();
        assertThat(answer.findField("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"SP-503\"");
    }

    @Test
    void deviceWhoseWebServerIsDownIs502(Scene scene) {
        int port = scene.newPort();
        int nothing = scene.newPort();
        KeyFile key = scene.enrol("web-down", device -> device.port(port));
        scene.use(scene.ssh(key).exitOnForwardFailure().forward(port, nothing).start());

        await().atMost(Scene.SOON)
                .until(() -> scene.gateway().visit("web-down", "/").run().status() == 502);

        assertThat(scene.gateway().visit("web-down", "/").run().body()).contains("SP-502");
    }

    @Test
    void deviceWhoseWebServerIsSilentIs504(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("web-silent"));
        scene.online("web-silent", appliance.port());

        Curl.Answer answer = scene.gateway()
                .visit("web-silent", "/silent")
                .deadline(Duration.ofSeconds(100))
                .run();

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).contains("SP-504");
    }

    @Test
    void openPortOfADeviceThatIsAwayRefusesConnections(Scene scene) {
        int port = scene.newPort();
        scene.enrol("away-port", device -> device.openPort(port));
        assertThat(Curl.url("http://127.0.0.1:" + port + "/").run().status()).isZero();
    }
}
