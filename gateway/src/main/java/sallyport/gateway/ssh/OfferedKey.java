package sallyport.gateway.ssh;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.Set;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.KeyFingerprint;

/**
 * A public key as a client offers it (RFC 4252 section 7): the blob in wire format and what it says. Reading it is pure.
 *
 * @param type the key's type name, as the blob spells it
 * @param encoded the key in wire format as base64
 * @param fingerprint its name
 * @param key for verifying signatures
 */
record OfferedKey(String type, String encoded, KeyFingerprint fingerprint, PublicKey key) {
    /** RSA keys outside these sizes are either forgeable or a way to keep us busy. */
    static final int SMALLEST_RSA_BITS = 2048;

    static final int LARGEST_RSA_BITS = 16_384;
    private static final int LARGEST_EXPONENT_BITS = 64;
    private static final int LARGEST_BLOB = 4096;

    /** Certificates are none of these: a device is known by its plain key. */
    private static final Set<String> TYPES = Set.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "ssh-rsa",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    /** What a blob turned out to be. */
    sealed interface Reading {
        record Usable(OfferedKey offered) implements Reading {}

        /** That attempt fails, nothing else; {@code why} is for the log. */
        record Unusable(String why) implements Reading {}
    }

    static Reading read(byte[] blob) {
        if (blob.length > LARGEST_BLOB) {
            return new Reading.Unusable("key of " + blob.length + " bytes");
        }
        try {
            ByteArrayBuffer buffer = new ByteArrayBuffer(blob);
            String type = buffer.getString();
            if (!TYPES.contains(type)) {
                return new Reading.Unusable("key type is not supported");
            }
            if (type.equals("ssh-rsa") && !soundRsa(buffer)) {
                return new Reading.Unusable("RSA key of a size or exponent that is not accepted");
            }
            buffer.rpos(0);
            PublicKey key = buffer.getRawPublicKey();
            if (buffer.available() > 0) {
                return new Reading.Unusable("bytes behind the key");
            }
            return new Reading.Usable(
                    new OfferedKey(type, Base64.getEncoder().encodeToString(blob), KeyFingerprint.of(blob), key));
        } catch (SshException | BufferException | IllegalArgumentException e) {
            return new Reading.Unusable("key cannot be read");
        }
    }

    /** Looks at the lengths before any arithmetic is done with the numbers. */
    private static boolean soundRsa(ByteArrayBuffer buffer) {
        BigInteger exponent = buffer.getMPInt();
        BigInteger modulus = buffer.getMPInt();
        return exponent.signum() > 0
                && exponent.testBit(0)
                && exponent.bitLength() > 1
                && exponent.bitLength() <= LARGEST_EXPONENT_BITS
                && modulus.signum() > 0
                && modulus.bitLength() >= SMALLEST_RSA_BITS
                && modulus.bitLength() <= LARGEST_RSA_BITS;
    }

    /** True when a signature by {@code algorithm} can come from this key (RFC 8332 section 3, RFC 5656 section 3.1). */
    boolean signsWith(String algorithm) {
        return switch (algorithm) {
            case "rsa-sha2-256", "rsa-sha2-512", "ssh-rsa" -> key instanceof RSAPublicKey;
            default -> algorithm.equals(type);
        };
    }

    /** The key as the directory keeps it, without a comment. */
    DeviceKey asDeviceKey() {
        return DeviceKey.of(type, encoded, "");
    }
}
