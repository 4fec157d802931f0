package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G10: port 0 gives a device the port that was stored for it, the same one for ever. */
@ExtendWith(SharedGateway.class)
class PortZeroTest {
    @Test
    void portStaysTheSameOverReconnectsAndARestartOfTheGateway(Scene scene) {
        GatewayProcess gateway = scene.ownGateway(GatewayProcess.Setup::fixedPorts);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("zero"));
        KeyFile key = scene.enrol("zero", device -> device);

        String first = allotted(scene, key, appliance);
        String second = allotted(scene, key, appliance);
        gateway.killHard();
        gateway.restart();
        String third = allotted(scene, key, appliance);

        assertThat(first).isEqualTo(second).isEqualTo(third);
        assertThat(gateway.api().show("zero")).contains("\"automaticPort\":" + first);
    }

    private static String allotted(Scene scene, KeyFile key, FakeAppliance appliance) {
        try (Program ssh = scene.ssh(key).forward(0, appliance.port()).start()) {
            String port = ssh.awaitLine("Allocated port (\\d+) for remote forward", Scene.SOON)
                    .group(1);
            scene.untilAnswered("zero");
            return port;
        }
    }
}
