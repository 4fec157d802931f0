package sallyport.gateway.cert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Optional;

/** Key pairs in PEM files of mode 0600: the private key as PKCS#8, the public one behind it. Blocking. */
final class KeyFiles {
    private KeyFiles() {}

    /** Empty when there is no file or no pair in it. */
    static Optional<KeyPair> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(file);
            return Optional.of(new KeyPair(Pem.publicKey(text), Pem.privateKey(text)));
        } catch (IOException | Pem.Unusable e) {
            return Optional.empty();
        }
    }

    static void write(Path file, KeyPair pair) {
        PrivateFiles.write(file, Pem.bytes(pair.getPrivate(), pair.getPublic()));
    }
}
