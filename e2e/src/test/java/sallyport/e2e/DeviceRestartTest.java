package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.Visitor;

/** A restart of the device's ssh under constant requests costs visitors a pause, not an error. */
@ExtendWith(SharedGateway.class)
class DeviceRestartTest {
    @Test
    void noNewRequestFailsWhileTheClientIsAwayForASecond(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("restarting"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("restarting", device -> device.port(port));
        Program ssh = scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        scene.untilAnswered("restarting");
        AtomicBoolean on = new AtomicBoolean(true);
        scene.use(() -> on.set(false));
        AtomicInteger good = new AtomicInteger();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 4; i++) {
            Thread.ofVirtual().start(() -> {
                while (on.get()) {
                    failure(scene.gateway()).ifPresentOrElse(failures::add, good::incrementAndGet);
                }
            });
        }
        await().atMost(Scene.SOON).until(() -> good.get() > 20);

        ssh.close();
        await().pollDelay(Duration.ofSeconds(1)).until(() -> !ssh.alive());
        scene.use(scene.ssh(key).forward(port, appliance.port()).start());

        int before = good.get();
        await().atMost(Scene.SOON).until(() -> good.get() > before + 40);
        on.set(false);
        assertThat(failures).isEmpty();
    }

    /** One request on a connection of its own; empty when it was answered. */
    private static Optional<String> failure(GatewayProcess gateway) {
        long began = System.nanoTime();
        try (Visitor visitor = gateway.connect("restarting")) {
            Visitor.Head answer = visitor.get(GatewayProcess.hostname("restarting"), "/");
            return answer.status() == 200
                    ? Optional.empty()
                    : Optional.of(answer + " after " + Duration.ofNanos(System.nanoTime() - began));
        } catch (IOException e) {
            return Optional.of(e + " after " + Duration.ofNanos(System.nanoTime() - began));
        }
    }
}
