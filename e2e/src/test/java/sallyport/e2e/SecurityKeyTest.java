package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.SecurityKey;
import sallyport.testkit.SshAgent;

/** Devices whose key lives in a security key: the line is pasted like any other, and every login needs a touch (A9). */
@ExtendWith(SharedGateway.class)
class SecurityKeyTest {
    private static KeyFile paste(Scene scene, SecurityKey key, String device, int port) throws IOException {
        Path file = Files.writeString(scene.folder().resolve(device + ".pub"), key.publicLine() + "\n");
        Program.Result added =
                scene.command("device", "add", device, "--key", file.toString(), "--port", Integer.toString(port));
        assertThat(added.exitCode()).as(added.toString()).isZero();
        scene.use(() -> scene.gateway().api().request("DELETE", "/devices/" + device, ""));
        return new KeyFile(file, key.publicLine());
    }

    private static Program dial(Scene scene, SecurityKey key, KeyFile pasted, String forward) {
        SshAgent agent = scene.use(SshAgent.holding(key, scene.folder().resolve("agent")));
        return scene.use(scene.ssh(pasted)
                .option("IdentityAgent=" + agent.socket())
                .exitOnForwardFailure()
                .forward(forward)
                .start());
    }

    @ParameterizedTest
    @EnumSource
    void touchedKeyLogsInAndVisitorsComeThrough(SecurityKey.Kind kind, Scene scene) throws IOException {
        String device = "sk-" + kind.name().toLowerCase(Locale.ROOT);
        FakeAppliance appliance = scene.use(FakeAppliance.plain(device));
        int port = scene.newPort();
        SecurityKey key = SecurityKey.touched(kind);
        dial(scene, key, paste(scene, key, device, port), port + ":127.0.0.1:" + appliance.port());

        scene.untilAnswered(device);
    }

    @ParameterizedTest
    @EnumSource
    void keyThatNobodyTouchedIsRefused(SecurityKey.Kind kind, Scene scene) throws IOException {
        String device = "sk-untouched-" + kind.name().toLowerCase(Locale.ROOT);
        int port = scene.newPort();
        SecurityKey key = SecurityKey.untouched(kind);
        Program ssh = dial(scene, key, paste(scene, key, device, port), port + ":127.0.0.1:9");

        Program.Result ended = ssh.finish(Scene.SOON);

        assertThat(ended.exitCode()).isEqualTo(255);
        assertThat(ended.stderr()).contains("Permission denied (publickey)");
    }
}
