package sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A device's key pair as its own tools make it.
 *
 * @param path the private key in OpenSSH format
 * @param publicLine the one line that an operator pastes
 */
public record KeyFile(Path path, String publicLine) {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** An Ed25519 pair by {@code ssh-keygen}. */
    public static KeyFile ed25519(TempFolder folder, String name) {
        return make(folder, name, "ed25519", "256");
    }

    /** An RSA pair by {@code ssh-keygen}; PEM private format, which old clients read too. */
    public static KeyFile rsa(TempFolder folder, String name, int bits) {
        return make(folder, name, "rsa", Integer.toString(bits));
    }

    /** An ECDSA P-256 pair by {@code ssh-keygen}. */
    public static KeyFile ecdsa(TempFolder folder, String name) {
        return make(folder, name, "ecdsa", "256");
    }

    private static KeyFile make(TempFolder folder, String name, String type, String bits) {
        Path file = folder.resolve(name);
        List<String> command =
                List.of("ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", name, "-f", file.toString());
        require(Program.run(DEADLINE, command));
        try {
            return new KeyFile(
                    file, Files.readString(file.resolveSibling(name + ".pub")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The public key alone, the second word of its line. */
    public String blob() {
        int start = publicLine.indexOf(' ') + 1;
        int end = publicLine.indexOf(' ', start);
        return publicLine.substring(start, end < 0 ? publicLine.length() : end);
    }

    /** The same key in the format of dropbear's {@code dbclient}. */
    public Path forDropbear() {
        Path target = path.resolveSibling(path.getFileName() + ".dropbear");
        if (!Files.exists(target)) {
            require(Program.run(
                    DEADLINE, List.of("dropbearconvert", "openssh", "dropbear", path.toString(), target.toString())));
        }
        return target;
    }

    /** The same key in the format of PuTTY's {@code plink}. */
    public Path forPutty() {
        Path target = path.resolveSibling(path.getFileName() + ".ppk");
        if (!Files.exists(target)) {
            require(Program.run(
                    DEADLINE, List.of("puttygen", path.toString(), "-O", "private", "-o", target.toString())));
        }
        return target;
    }

    private static void require(Program.Result result) {
        if (result.exitCode() != 0) {
            throw new IllegalStateException(result.toString());
        }
    }
}
