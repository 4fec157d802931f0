package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G06: a device that comes back after a power cut takes its port from its own ghost, also while visitors keep hitting it. */
@ExtendWith(SharedGateway.class)
class GhostTakeoverTest {
    @Test
    void newSessionOwnsTheOpenPortAtOnceWhileVisitorsPollTheStoppedOne(Scene scene) {
        FakeAppliance before = scene.use(FakeAppliance.plain("ghost"));
        FakeAppliance after = scene.use(FakeAppliance.plain("reborn"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("ghost", device -> device.openPort(port));
        Program ghost = scene.use(scene.ssh(key).forward(port, before.port()).start());
        String url = "http://127.0.0.1:" + port + "/";
        scene.answered(() -> Curl.url(url));
        double takeovers = scene.metric("sallyport_takeovers_total");

        ghost.signal("STOP");
        AtomicBoolean polling = new AtomicBoolean(true);
        scene.use(() -> polling.set(false));
        for (int i = 0; i < 5; i++) {
            Thread.ofVirtual().start(() -> {
                while (polling.get()) {
                    Curl.url(url).deadline(Duration.ofSeconds(1)).run();
                }
            });
        }
        Program reborn = scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward(port, after.port())
                .start());

        await().atMost(Duration.ofSeconds(10))
                .until(() -> Curl.url(url)
                        .deadline(Duration.ofSeconds(2))
                        .run()
                        .body()
                        .equals("reborn"));
        polling.set(false);
        assertThat(reborn.alive()).isTrue();
        assertThat(scene.metric("sallyport_takeovers_total")).isGreaterThan(takeovers);
    }
}
