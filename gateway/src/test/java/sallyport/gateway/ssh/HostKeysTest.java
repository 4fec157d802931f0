package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** Host keys, with ssh-keygen as the judge. */
class HostKeysTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path data;

    @Test
    void first_start_makes_an_ed25519_and_an_rsa_3072_key_that_openssh_reads() throws Exception {
        HostKeys keys = HostKeys.open(data, true);

        assertThat(keys.keys()).extracting(HostKeys.HostKey::type).containsExactly("ssh-ed25519", "ssh-rsa");
        assertThat(keygen("-l", "-f", folder("ssh_host_rsa_key"))).startsWith("3072 SHA256:");
        for (HostKeys.HostKey key : keys.keys()) {
            String name = key.type().equals("ssh-rsa") ? "ssh_host_rsa_key" : "ssh_host_ed25519_key";
            assertThat(keygen("-l", "-f", folder(name)))
                    .contains(key.fingerprint().value());
            assertThat(Files.readString(data.resolve("host-keys/" + name + ".pub")))
                    .startsWith(words(keygen("-y", "-f", folder(name))));
        }
    }

    @Test
    void private_keys_are_for_the_owner_alone_and_no_half_file_is_left() throws Exception {
        HostKeys.open(data, true);

        try (Stream<Path> files = Files.list(data.resolve("host-keys"))) {
            assertThat(files.map(file -> file.getFileName() + " " + mode(file)))
                    .containsExactlyInAnyOrder(
                            "ssh_host_ed25519_key rw-------",
                            "ssh_host_ed25519_key.pub rw-r--r--",
                            "ssh_host_rsa_key rw-------",
                            "ssh_host_rsa_key.pub rw-r--r--");
        }
        assertThat(mode(data.resolve("host-keys"))).isEqualTo("rwx------");
    }

    @Test
    void a_restart_keeps_the_keys() {
        HostKeys first = HostKeys.open(data, true);

        assertThat(HostKeys.open(data, false).keys()).isEqualTo(first.keys());
    }

    @Test
    void keys_of_an_existing_sshd_are_used_as_they_are_and_none_is_added() throws Exception {
        Files.createDirectory(data.resolve("host-keys"));
        keygen("-q", "-t", "ecdsa", "-N", "", "-f", folder("ssh_host_ecdsa_key"));
        keygen("-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", folder("ssh_host_rsa_key"));

        HostKeys keys = HostKeys.open(data, false);

        assertThat(keys.keys()).extracting(HostKeys.HostKey::type).containsExactly("ecdsa-sha2-nistp256", "ssh-rsa");
        assertThat(keygen("-l", "-f", folder("ssh_host_rsa_key")))
                .contains(keys.keys().getLast().fingerprint().value());
        assertThat(keys.warnings()).isEmpty();
    }

    @Test
    void devices_without_a_host_key_stop_the_start() {
        assertThatThrownBy(() -> HostKeys.open(data, false)).satisfies(fails(Fault.HOST_KEY_MISSING));
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void a_key_with_a_passphrase_is_named_with_the_remedy() throws Exception {
        Files.createDirectory(data.resolve("host-keys"));
        keygen("-q", "-t", "ed25519", "-N", "secret", "-f", folder("ssh_host_ed25519_key"));

        assertThatThrownBy(() -> HostKeys.open(data, true))
                .satisfies(fails(Fault.HOST_KEY_UNREADABLE))
                .hasMessageContaining("passphrase")
                .hasMessageContaining("ssh_host_ed25519_key");
    }

    @Test
    void an_old_pem_key_with_a_passphrase_is_named_with_the_remedy() throws Exception {
        Files.createDirectory(data.resolve("host-keys"));
        keygen("-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret", "-f", folder("ssh_host_rsa_key"));

        assertThatThrownBy(() -> HostKeys.open(data, true))
                .satisfies(fails(Fault.HOST_KEY_UNREADABLE))
                .hasMessageContaining("passphrase");
    }

    @Test
    void a_damaged_key_is_not_replaced() throws Exception {
        Files.createDirectory(data.resolve("host-keys"));
        Path file = data.resolve("host-keys/ssh_host_ed25519_key");
        keygen("-q", "-t", "ed25519", "-N", "", "-f", file.toString());
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length - 40; length += 37) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> HostKeys.open(data, true)).satisfies(fails(Fault.HOST_KEY_UNREADABLE));
        }
    }

    @Test
    void a_key_that_others_could_read_is_taken_away_from_them_with_a_warning() throws Exception {
        HostKeys.open(data, true);
        Path file = data.resolve("host-keys/ssh_host_rsa_key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        HostKeys keys = HostKeys.open(data, false);

        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(keys.warnings())
                .singleElement()
                .satisfies(warning ->
                        assertThat(warning.sentence()).startsWith("SP-608").contains("ssh_host_rsa_key", "rw-r--r--"));
    }

    private static java.util.function.Consumer<Throwable> fails(Fault fault) {
        return thrown ->
                assertThat(((ProblemException) thrown).problem().fault()).isEqualTo(fault);
    }

    private String folder(String name) {
        return data.resolve("host-keys").resolve(name).toString();
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Type and key of a public line, without its comment. */
    private static String words(String line) {
        return String.join(" ", List.of(line.trim().split(" ", -1)).subList(0, 2));
    }

    private static String keygen(String... arguments) throws Exception {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("ssh-keygen"), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
