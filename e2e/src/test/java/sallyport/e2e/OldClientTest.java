package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;

/** G13: clients of yesterday are refused by name, and admitted for one device until a day. */
@ExtendWith(SharedGateway.class)
class OldClientTest {
    private static StockSsh old(Scene scene, KeyFile key) {
        return scene.ssh(key)
                .option("PubkeyAcceptedAlgorithms=ssh-rsa")
                .option("KexAlgorithms=diffie-hellman-group14-sha1")
                .exitOnForwardFailure();
    }

    @Test
    void clientWithSha1AloneIsRefusedAndListedWithWhatItLacks(Scene scene) {
        KeyFile key = KeyFile.rsa(scene.folder(), "old-refused", 2048);
        scene.enrol("old-refused", key, device -> device);

        Program.Result refused =
                scene.use(old(scene, key).forward(0, 9).start()).finish(Scene.SOON);

        assertThat(refused.exitCode()).isEqualTo(255);
        await().atMost(Scene.SOON).until(() -> scene.gateway().api().status().contains("SP-106"));
        assertThat(scene.command("status").stdout()).contains("OpenSSH");
    }

    @Test
    void legacySwitchAdmitsExactlyThatDevice(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("old-admitted"));
        int port = scene.newPort();
        KeyFile key = KeyFile.rsa(scene.folder(), "old-admitted", 2048);
        scene.enrol("old-admitted", key, device -> device.port(port));
        KeyFile other = KeyFile.rsa(scene.folder(), "old-other", 2048);
        scene.enrol("old-other", other, device -> device);

        Program.Result set = scene.command("device", "set", "old-admitted", "--legacy-until", "2099-12-31");
        assertThat(set.exitCode()).as(set.toString()).isZero();
        scene.use(old(scene, key).forward(port, appliance.port()).start());

        scene.untilAnswered("old-admitted");
        assertThat(scene.use(old(scene, other).forward(0, 9).start())
                        .finish(Scene.SOON)
                        .exitCode())
                .isEqualTo(255);
    }

    @Test
    void dropbearWithAnRsaKeyWorksWithoutTheSwitch(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("dropbear-rsa"));
        int port = scene.newPort();
        KeyFile key = KeyFile.rsa(scene.folder(), "dropbear-rsa", 2048);
        scene.enrol("dropbear-rsa", key, device -> device.port(port));

        scene.use(StockSsh.dropbear(scene.gateway().ports().ssh(), key)
                .forward(port, appliance.port())
                .start());

        scene.untilAnswered("dropbear-rsa");
    }
}
