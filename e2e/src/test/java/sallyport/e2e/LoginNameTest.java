package sallyport.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;

/** G05: devices are no accounts of the operating system; any login name works with the right key. */
@ExtendWith(SharedGateway.class)
class LoginNameTest {
    @Test
    void nameThatTheOperatingSystemDoesNotKnowLogsInWithItsKey(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("no-account"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("no-account", device -> device.port(port));
        scene.use(scene.ssh(key)
                .user("nobody-has-this-account")
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("no-account");
    }
}
