package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G08: ports and names belong to their device while it is away, until an operator releases them. */
@ExtendWith(SharedGateway.class)
class OwnershipTest {
    @Test
    void portOfAnAbsentDeviceIsNotGivenToAnother(Scene scene) {
        FakeAppliance mine = scene.use(FakeAppliance.plain("absent"));
        FakeAppliance foreign = scene.use(FakeAppliance.plain("foreign"));
        int port = scene.newPort();
        KeyFile owner = scene.enrol("absent", device -> device.port(port));
        KeyFile other = scene.enrol("other", device -> device);
        Program first = scene.use(scene.ssh(owner).forward(port, mine.port()).start());
        scene.untilAnswered("absent");
        first.close();

        Program.Result refused = scene.use(scene.ssh(other)
                        .exitOnForwardFailure()
                        .forward(port, foreign.port())
                        .start())
                .finish(Scene.SOON);

        assertThat(refused.exitCode()).isEqualTo(255);
        scene.use(scene.ssh(owner).forward(port, mine.port()).start());
        scene.untilAnswered("absent");
        assertThat(foreign.server().requests()).isZero();
    }

    @Test
    void hostnameOfADeviceIsRefusedToAnotherByName(Scene scene) {
        scene.enrol("name-owner", device -> device.with("hostnames", "[\"shared.example.com\"]"));
        scene.enrol("name-thief", device -> device);

        Program.Result refused = scene.command("hostname", "add", "shared.example.com", "--device", "name-thief");

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.stderr()).contains("SP-313", "name-owner");
    }
}
