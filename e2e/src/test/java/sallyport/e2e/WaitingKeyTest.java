package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G03: a key that no device owns is listed when it knocks, and may log in the instant it was added. */
@ExtendWith(SharedGateway.class)
class WaitingKeyTest {
    @Test
    void keyThatKnockedIsListedWithItsUserAndCanBeAdded(Scene scene) {
        KeyFile key = KeyFile.ed25519(scene.folder(), "stranger");
        Program.Result refused = scene.use(
                        scene.ssh(key).user("stranger-user").forward(9999, 9).start())
                .finish(Scene.SOON);
        assertThat(refused.exitCode()).isEqualTo(255);
        String blob = key.blob();

        await().atMost(Scene.SOON)
                .until(() -> scene.command("device", "list", "--waiting", "--json")
                        .stdout()
                        .contains(blob));
        assertThat(scene.command("device", "list", "--waiting").stdout()).contains("stranger-user");

        FakeAppliance appliance = scene.use(FakeAppliance.plain("stranger"));
        int port = scene.newPort();
        scene.enrol("stranger", key, device -> device.port(port));
        scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("stranger");
    }
}
