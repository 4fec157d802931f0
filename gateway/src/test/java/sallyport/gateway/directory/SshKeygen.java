package sallyport.gateway.directory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real ssh-keygen, which makes and judges keys for tests. */
final class SshKeygen {
    private final Path folder;
    private int count;

    SshKeygen(Path folder) {
        this.folder = folder;
    }

    /** Makes a key pair and gives the private key's file; the public one has {@code .pub} behind. */
    Path make(String type, String... options) {
        Path key = folder.resolve(type + "-" + count++);
        List<String> command =
                new ArrayList<>(List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", "mm@lab one", "-f", "" + key));
        command.addAll(List.of(options));
        run(command.toArray(String[]::new));
        return key;
    }

    /** The public line of a new pair. */
    String publicLine(String type, String... options) {
        return read(Path.of(make(type, options) + ".pub"));
    }

    /** The public key in another format: RFC4716, PKCS8 or PEM. */
    String export(Path key, String format) {
        return run("ssh-keygen", "-e", "-m", format, "-f", key + ".pub");
    }

    /** The fingerprint as ssh-keygen computes it. */
    String fingerprint(String line) {
        try {
            Path file = Files.writeString(folder.resolve("line-" + count++ + ".pub"), line);
            return run("ssh-keygen", "-l", "-f", "" + file).split(" ", -1)[1];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
