package sallyport.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.KeyText;

/** Public keys from files or stdin, checked before they go anywhere: a private key never leaves this process. */
final class KeyFiles {
    private KeyFiles() {}

    /**
     * The text of a file that holds one public key.
     *
     * @param file a path, or {@code -} for stdin
     * @throws InvalidValue when it cannot be read
     * @throws sallyport.gateway.fault.ProblemException when it holds no usable public key
     */
    static String read(String option, String file) {
        String text = file.equals("-") ? standardInput() : contents(option, file);
        KeyText.require(text);
        return text;
    }

    private static String contents(String option, String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return text(in);
        } catch (IOException e) {
            throw new InvalidValue(option, file + " cannot be read", "Name a file that holds the public key, or -.");
        }
    }

    private static String standardInput() {
        try {
            return text(System.in);
        } catch (IOException e) {
            throw new InvalidValue("--key", "stdin cannot be read", "Name a file that holds the public key.");
        }
    }

    /** One byte more than the limit, so that a larger text is refused instead of being cut. */
    private static String text(InputStream in) throws IOException {
        return new String(in.readNBytes(KeyText.MAX_LENGTH + 1), StandardCharsets.UTF_8);
    }
}
