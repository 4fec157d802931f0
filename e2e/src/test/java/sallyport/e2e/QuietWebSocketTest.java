package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Visitor;
import sallyport.testkit.WebSocketFrames;

/** G16: a WebSocket that nobody uses for a while is not cut. */
@ExtendWith(SharedGateway.class)
class QuietWebSocketTest {
    private static final Duration QUIET = Duration.ofSeconds(Size.of(15, 600));

    @Test
    @Tag("proof")
    void frameGoesBothWaysAfterALongSilence(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("quiet"));
        scene.online("quiet", appliance.port());
        try (Visitor visitor = scene.gateway().connect("quiet")) {
            WebSocketFrames frames = visitor.webSocket("quiet.sallyport.test", "/socket");
            frames.text("before");
            assertThat(frames.read().text()).isEqualTo("before");

            await().pollDelay(QUIET).atMost(QUIET.plusSeconds(5)).until(() -> true);

            frames.text("after");
            assertThat(frames.read().text()).isEqualTo("after");
        }
    }
}
