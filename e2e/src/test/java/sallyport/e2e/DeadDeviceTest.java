package sallyport.e2e;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** A device that stopped answering is seen as dead within 45 s, by the real clock. */
@ExtendWith(SharedGateway.class)
@Tag("long")
class DeadDeviceTest {
    @Test
    void stoppedClientIsSeenDeadWithin45Seconds(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("dead"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("dead", device -> device.port(port));
        Program ssh = scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        scene.untilAnswered("dead");

        ssh.signal("STOP");

        await().atMost(Duration.ofSeconds(47))
                .until(() -> scene.gateway().api().show("dead").contains("\"offline\""));
    }
}
