package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G07: one key in two machines that keep taking the port from each other becomes the state "conflict", with both addresses. */
@ExtendWith(SharedGateway.class)
class ClonedKeyTest {
    @Test
    void twoMachinesThatFlapBecomeAConflictThatNamesBothAddresses(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("cloned"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("cloned", device -> device.port(port));
        AtomicBoolean on = new AtomicBoolean(true);
        scene.use(() -> on.set(false));
        for (String address : new String[] {"127.0.0.11", "127.0.0.12"}) {
            Thread.ofVirtual().start(() -> reconnectForEver(scene, key, address, port, appliance.port(), on));
        }

        await().atMost(Scene.SOON.multipliedBy(3))
                .until(() -> scene.gateway().api().show("cloned").contains("\"conflict\"" + ":[\""));
        on.set(false);
        assertThat(scene.gateway().api().show("cloned")).contains("127.0.0.11", "127.0.0.12");
        assertThat(scene.command("status").stdout()).contains("conflict");
    }

    private static void reconnectForEver(
            Scene scene, KeyFile key, String address, int port, int target, AtomicBoolean on) {
        while (on.get()) {
            try (Program ssh = scene.ssh(key)
                    .with("-b", address)
                    .option("ConnectTimeout=5")
                    .exitOnForwardFailure()
                    .forward(port, target)
                    .start()) {
                while (on.get() && ssh.alive()) {
                    LockSupport.parkNanos(20_000_000);
                }
            }
        }
    }
}
