package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;

/** Keys as people really paste them, through the real command. */
@ExtendWith(SharedGateway.class)
class BadKeyTest {
    private static final int INVALID = 2;
    private static final int CONFLICT = 4;

    private static Program.Result add(Scene scene, String device, Path keyFile) {
        return scene.command("device", "add", device, "--key", keyFile.toString());
    }

    @Test
    void privateKeyIsRefusedAndNeitherStoredNorLogged(Scene scene) throws IOException {
        KeyFile key = KeyFile.ed25519(scene.folder(), "private");
        Program.Result refused = add(scene, "pasted-private", key.path());
        assertThat(refused.exitCode()).isEqualTo(INVALID);
        assertThat(refused.stderr()).contains("SP-301");

        String secret = Files.readAllLines(key.path()).get(3);
        assertThat(refused.toString()).doesNotContain(secret);
        assertThat(scene.gateway().program().stderr()).doesNotContain(secret);
        try (Stream<Path> files = Files.walk(scene.gateway().data())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
    }

    @Test
    void truncatedKey(Scene scene) {
        String line = KeyFile.ed25519(scene.folder(), "cut").publicLine();
        Path file = scene.folder().write("cut-key.pub", line.substring(0, 50) + "\n");
        Program.Result refused = add(scene, "pasted-cut", file);
        assertThat(refused.exitCode()).isEqualTo(INVALID);
        assertThat(refused.stderr()).contains("SP-303");
    }

    @Test
    void textWithoutAKey(Scene scene) {
        Program.Result refused = add(scene, "pasted-text", scene.folder().write("text.pub", "hello\n"));
        assertThat(refused.exitCode()).isEqualTo(INVALID);
        assertThat(refused.stderr()).contains("SP-304");
    }

    @Test
    void keyThatIsTooShort(Scene scene) {
        KeyFile key = KeyFile.rsa(scene.folder(), "short", 1024);
        Program.Result refused = add(scene, "pasted-short", Path.of(key.path() + ".pub"));
        assertThat(refused.exitCode()).isEqualTo(INVALID);
        assertThat(refused.stderr()).contains("SP-305");
    }

    @Test
    void certificateInsteadOfAKey(Scene scene) {
        KeyFile authority = KeyFile.ed25519(scene.folder(), "authority");
        KeyFile key = KeyFile.ed25519(scene.folder(), "certified");
        Program.run(
                Scene.SOON,
                List.of(
                        "ssh-keygen",
                        "-q",
                        "-s",
                        authority.path().toString(),
                        "-I",
                        "id",
                        "-n",
                        "mm",
                        key.path() + ".pub"));
        Program.Result refused = add(scene, "pasted-cert", Path.of(key.path() + "-cert.pub"));
        assertThat(refused.exitCode()).isEqualTo(INVALID);
        assertThat(refused.stderr()).contains("SP-302");
    }

    @Test
    void keyOfAnotherDeviceIsRefusedByName(Scene scene) {
        KeyFile key = scene.enrol("first-owner", device -> device);
        Program.Result refused = add(scene, "second-owner", Path.of(key.path() + ".pub"));
        assertThat(refused.exitCode()).isEqualTo(CONFLICT);
        assertThat(refused.stderr()).contains("SP-306", "first-owner");
    }

    @Test
    void keyWithByteOrderMarkCrLfAndABrokenLineIsTakenAndLogsIn(Scene scene) {
        KeyFile key = KeyFile.rsa(scene.folder(), "mangled", 2048);
        String line = key.publicLine();
        String mangled = "\ufeff" + line.substring(0, 120) + "\r\n" + line.substring(120) + "\r\n";
        Program.Result added = add(scene, "mangled", scene.folder().write("mangled.txt", mangled));
        scene.use(() -> scene.gateway().api().request("DELETE", "/devices/mangled", ""));
        assertThat(added.exitCode()).as(added.toString()).isZero();

        Program ssh = scene.use(StockSsh.openssh(scene.gateway().ports().ssh(), key)
                .forward(0, 9)
                .start());
        ssh.awaitLine("Allocated port", Scene.SOON);
    }

    @Test
    void rfc4716BlockIsTaken(Scene scene) {
        KeyFile key = KeyFile.ed25519(scene.folder(), "rfc4716");
        String block = Program.run(Scene.SOON, List.of("ssh-keygen", "-e", "-m", "RFC4716", "-f", key.path() + ".pub"))
                .stdout();
        Program.Result added = add(scene, "rfc4716", scene.folder().write("block.txt", block));
        scene.use(() -> scene.gateway().api().request("DELETE", "/devices/rfc4716", ""));
        assertThat(added.exitCode()).as(added.toString()).isZero();
        assertThat(scene.gateway().api().show("rfc4716")).contains(key.blob());
    }
}
