package sallyport.gateway.directory;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The name of a public key as OpenSSH prints it: {@code SHA256:} and unpadded base64 of the digest over the key blob
 * (RFC 4253 section 6.6).
 */
public record KeyFingerprint(String value) implements Comparable<KeyFingerprint> {
    public KeyFingerprint {
        if (!value.matches("SHA256:[A-Za-z0-9+/]{43}")) {
            throw new InvalidValue(
                    "fingerprint",
                    "\"" + Printable.shorten(value) + "\" is not a key fingerprint",
                    "Write it as ssh-keygen -l prints it: SHA256: and 43 characters.");
        }
    }

    /** The fingerprint of a key blob in SSH wire format. */
    public static KeyFingerprint of(byte[] blob) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
            return new KeyFingerprint(
                    "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int compareTo(KeyFingerprint other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
