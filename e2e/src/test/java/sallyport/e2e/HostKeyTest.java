package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;

/** G12: the gateway keeps its host keys, and never makes new ones silently once devices trust the old ones. */
@ExtendWith(SharedGateway.class)
class HostKeyTest {
    private static List<Path> hostKeys(GatewayProcess gateway) throws IOException {
        try (Stream<Path> files = Files.walk(gateway.data())) {
            return files.filter(file -> file.getFileName().toString().matches("ssh_host_.*_key(\\.pub)?"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void deviceThatChecksStrictlyReconnectsAfterARestart(Scene scene) throws IOException {
        GatewayProcess gateway = scene.ownGateway(GatewayProcess.Setup::fixedPorts);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("strict"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("strict", device -> device.port(port));
        try (Program first = scene.ssh(key).forward(port, appliance.port()).start()) {
            scene.untilAnswered("strict");
            assertThat(first.alive()).isTrue();
        }

        gateway.killHard();
        gateway.restart();
        scene.use(scene.ssh(key)
                .option("StrictHostKeyChecking=yes")
                .forward(port, appliance.port())
                .start());

        scene.untilAnswered("strict");
        for (Path file : hostKeys(gateway)) {
            if (!file.toString().endsWith(".pub")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void lostHostKeyWithDevicesInTheStoreStopsTheStartWithARemedy(Scene scene) throws IOException {
        GatewayProcess gateway = scene.ownGateway(GatewayProcess.Setup::fixedPorts);
        scene.enrol("trusting", device -> device);
        gateway.stop();
        List<Path> lost = hostKeys(gateway);
        assertThat(lost).isNotEmpty();
        for (Path file : lost) {
            Files.delete(file);
        }

        Program.Result refused = gateway.command("gateway");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr()).contains("SP-601").doesNotContain("\tat ");
        assertThat(refused.stdout()).doesNotContain("ready ");
        assertThat(hostKeys(gateway)).isEmpty();
    }
}
