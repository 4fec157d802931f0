package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G02: a port that the device may not have is refused, with three different reasons that name what it may use. */
@ExtendWith(SharedGateway.class)
class RefusedPortTest {
    private static void assertRefused(Scene scene, String device, KeyFile key, int port, String... words) {
        Program.Result ended = scene.use(
                        scene.ssh(key).exitOnForwardFailure().forward(port, 9).start())
                .finish(Scene.SOON);
        assertThat(ended.exitCode()).isEqualTo(255);
        assertThat(scene.gateway().api().show(device)).contains(words);
    }

    @Test
    void portBelow1024ThatIsNotGranted(Scene scene) {
        int own = scene.newPort();
        KeyFile key = scene.enrol("wants-443", device -> device.port(own));
        assertRefused(scene, "wants-443", key, 443, "SP-211", Integer.toString(own));
    }

    @Test
    void portThatNobodyOwns(Scene scene) {
        int own = scene.newPort();
        KeyFile key = scene.enrol("wants-more", device -> device.port(own));
        assertRefused(scene, "wants-more", key, scene.newPort(), "SP-212", Integer.toString(own));
    }

    @Test
    void portOfAnotherDeviceIsRefusedByName(Scene scene) {
        int taken = scene.newPort();
        scene.enrol("port-owner", device -> device.port(taken));
        KeyFile key = scene.enrol("port-thief", device -> device);
        assertRefused(scene, "port-thief", key, taken, "SP-214", "port-owner");
    }

    @Test
    void clientThatWouldStayHearsTheReasonWhenItIsDisconnected(Scene scene) {
        KeyFile key = scene.enrol("silent-refusal", device -> device);
        Program.Result ended = scene.use(scene.ssh(key).forward(443, 9).start()).finish(Scene.SOON);
        assertThat(ended.stderr()).contains("SP-211");
    }

    @Test
    void nextLoginOfTheKeyShowsTheReasonAsBanner(Scene scene) {
        KeyFile key = scene.enrol("told-again", device -> device);
        scene.use(scene.ssh(key).forward(443, 9).start()).finish(Scene.SOON);

        Program again = scene.use(scene.ssh(key).forward(443, 9).start());

        again.awaitLine("SP-211 .*443", Scene.SOON);
    }

    @Test
    void sessionStaysWhileOneOfItsForwardsWasGranted(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("half"));
        int own = scene.newPort();
        KeyFile key = scene.enrol("half-granted", device -> device.port(own));
        Program ssh = scene.use(
                scene.ssh(key).forward(443, 9).forward(own, appliance.port()).start());

        scene.untilAnswered("half-granted");

        assertThat(ssh.alive()).isTrue();
    }
}
