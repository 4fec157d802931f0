package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
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
        AtomicInteger bad = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            Thread.ofVirtual().start(() -> {
                while (on.get()) {
                    (answered(scene.gateway()) ? good : bad).incrementAndGet();
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
        assertThat(bad).hasValue(0);
    }

    /** One request on a connection of its own: it was not yet sent to the device when the tunnel ended. */
    private static boolean answered(GatewayProcess gateway) {
        String host = GatewayProcess.hostname("restarting");
        try (Visitor visitor = gateway.connect("restarting")) {
            return visitor.get(host, "/").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
