package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Visitor;

/** Server-sent events leave the gateway when they come, not when the answer is complete. */
@ExtendWith(SharedGateway.class)
class ServerSentEventsTest {
    @Test
    void eventArrivesWhileTheAnswerIsStillOpen(Scene scene) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        FakeAppliance appliance = scene.use(FakeAppliance.tls("events").on("/ticks", exchange -> {
            try (OutputStream out = exchange.startChunked(200, "text/event-stream")) {
                out.write("data: one\n\n".getBytes(StandardCharsets.UTF_8));
                seen.await();
                out.write("data: two\n\n".getBytes(StandardCharsets.UTF_8));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        scene.online("events", appliance.port());

        try (Visitor visitor = scene.gateway().connect("events")) {
            Visitor.Head head = visitor.get("events.sallyport.test", "/ticks");
            InputStream body = visitor.body(head);
            assertThat(new String(body.readNBytes(11), StandardCharsets.UTF_8)).isEqualTo("data: one\n\n");
            seen.countDown();
            assertThat(new String(body.readNBytes(11), StandardCharsets.UTF_8)).isEqualTo("data: two\n\n");
        }
    }
}
