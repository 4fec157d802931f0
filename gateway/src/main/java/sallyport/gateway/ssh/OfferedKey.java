package sallyport.gateway.ssh;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Set;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;
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
    /** The provider that computes with RSA keys of strangers. */
    static final String JDK_RSA = "SunRsaSign";

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
            PublicKey key = type.equals("ssh-rsa") ? rsaKey(buffer) : otherKey(buffer);
            if (key == null || buffer.available() > 0) {
                return new Reading.Unusable("size or exponent is not accepted, or bytes stand behind the key");
            }
            String encoded = Base64.getEncoder().encodeToString(blob);
            return new Reading.Usable(new OfferedKey(type, encoded, KeyFingerprint.of(blob), key));
        } catch (SshException | GeneralSecurityException | BufferException | IllegalArgumentException e) {
            return new Reading.Unusable("key cannot be read");
        }
    }

    private static PublicKey otherKey(ByteArrayBuffer buffer) throws SshException {
        buffer.rpos(0);
        return buffer.getRawPublicKey();
    }

    /**
     * By the JDK's provider, which takes the numbers as they are. Bouncy Castle looks for factors of the modulus first: up to
     * 7 s for 16384 bits (measured), which any stranger could ask for.
     */
    private static @Nullable PublicKey rsaKey(ByteArrayBuffer buffer) throws GeneralSecurityException {
        BigInteger exponent = buffer.getMPInt();
        BigInteger modulus = buffer.getMPInt();
        return soundRsa(exponent, modulus)
                ? KeyFactory.getInstance("RSA", JDK_RSA).generatePublic(new RSAPublicKeySpec(modulus, exponent))
                : null;
    }

    private static boolean soundRsa(BigInteger exponent, BigInteger modulus) {
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
