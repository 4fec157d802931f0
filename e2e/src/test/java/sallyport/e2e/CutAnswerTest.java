package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;

/** An answer that the device cut off is never presented as a complete one. */
@ExtendWith(SharedGateway.class)
class CutAnswerTest {
    private static final int CURL_PARTIAL_FILE = 18;
    private static final int CURL_RECEIVE_FAILED = 56;
    private static final int CURL_HTTP2_STREAM = 92;

    @Test
    void resetInTheMiddleOfAnAnswerIsAnErrorByName(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("cut-name"));
        scene.online("cut-name", appliance.port());
        Curl.Answer answer =
                scene.gateway().visit("cut-name", "/reset?after=100000").run();
        assertThat(answer.exitCode()).isIn(CURL_PARTIAL_FILE, CURL_RECEIVE_FAILED, CURL_HTTP2_STREAM);
    }
}
