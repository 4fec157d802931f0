package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Payload;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;

/** Stock clients with their default options, every key type, and every cipher that they may insist on. */
@ExtendWith(SharedGateway.class)
class StockClientsTest {
    private static final long SIZE = 4L * 1024 * 1024;

    @Test
    void puttyForwardsAPort(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("putty"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("putty", device -> device.port(port));
        scene.use(StockSsh.putty(scene.gateway().ports().ssh(), key, hostKey(scene))
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("putty");
    }

    @Test
    void dropbearForwardsAPort(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("dropbear"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("dropbear", device -> device.port(port));
        scene.use(StockSsh.dropbear(scene.gateway().ports().ssh(), key)
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("dropbear");
    }

    @Test
    void openSshWithDefaultsEndsUpOnAesGcm(Scene scene) {
        KeyFile key = scene.enrol("cipher-default", device -> device);
        Program ssh = scene.use(scene.ssh(key).with("-v").forward(0, 9).start());
        ssh.awaitLine("kex: server->client cipher: aes\\d+-gcm@openssh.com", Scene.SOON);
        ssh.awaitLine("kex: client->server cipher: aes\\d+-gcm@openssh.com", Scene.SOON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr"})
    void transferSurvivesRekeyingWithEveryCipher(String cipher, Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("rekey"));
        String name = "rekey-" + cipher.replaceAll("[^a-z0-9].*", "") + (cipher.contains("gcm") ? "-gcm" : "");
        int port = scene.newPort();
        KeyFile key = scene.enrol(name, device -> device.port(port));
        scene.use(scene.ssh(key)
                .with("-c", cipher)
                .option("RekeyLimit=1M")
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered(name);

        Path file = scene.folder().resolve("download");
        scene.gateway()
                .visit(name, "/download?bytes=" + SIZE)
                .with("-o", file.toString(), "--no-include")
                .run();

        assertThat(Payload.sha256(file)).isEqualTo(Payload.sha256(SIZE));
    }

    @Test
    void rsaAndEcdsaKeysLogInToo(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("keys"));
        KeyFile rsa = KeyFile.rsa(scene.folder(), "rsa", 3072);
        KeyFile ecdsa = KeyFile.ecdsa(scene.folder(), "ecdsa");
        int first = scene.newPort();
        int second = scene.newPort();
        scene.enrol("key-rsa", rsa, device -> device.port(first));
        scene.enrol("key-ecdsa", ecdsa, device -> device.port(second));
        scene.use(scene.ssh(rsa).forward(first, appliance.port()).start());
        scene.use(scene.ssh(ecdsa).forward(second, appliance.port()).start());
        scene.untilAnswered("key-rsa");
        scene.untilAnswered("key-ecdsa");
    }

    private static String hostKey(Scene scene) {
        KeyFile probe = scene.enrol("putty-probe", device -> device);
        Program ssh = scene.use(scene.ssh(probe)
                .with("-v")
                .option("HostKeyAlgorithms=ssh-ed25519")
                .forward(0, 9)
                .start());
        return ssh.awaitLine("Server host key: ssh-ed25519 (SHA256:\\S+)", Scene.SOON)
                .group(1);
    }
}
