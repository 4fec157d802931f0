package sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A security key (FIDO authenticator) in software, as its owner's SSH client sees it through an agent. OpenSSH's
 * PROTOCOL.u2f says what such a key signs: the hash of the application, a byte of flags, a counter and the hash of the message.
 *
 * <p>Any thread.
 */
public final class SecurityKey {
    private static final String APPLICATION = "ssh:";
    private static final int USER_PRESENT = 1;
    private static final int ED25519_BYTES = 32;

    /** Which kind of key it holds. */
    public enum Kind {
        ED25519("sk-ssh-ed25519@openssh.com", "Ed25519"),
        ECDSA("sk-ecdsa-sha2-nistp256@openssh.com", "SHA256withECDSAinP1363Format");

        private final String type;
        private final String signature;

        Kind(String type, String signature) {
            this.type = type;
            this.signature = signature;
        }
    }

    private final Kind kind;
    private final PrivateKey secret;
    private final byte[] blob;
    private final int flags;
    private final AtomicInteger counter = new AtomicInteger();

    private SecurityKey(Kind kind, int flags) {
        KeyPair pair = pair(kind);
        this.kind = kind;
        this.secret = pair.getPrivate();
        this.blob = blob(kind, pair);
        this.flags = flags;
    }

    /** Its owner touches it whenever it is to sign. */
    public static SecurityKey touched(Kind kind) {
        return new SecurityKey(kind, USER_PRESENT);
    }

    /** It signs although nobody touched it, and says so in its signature. */
    public static SecurityKey untouched(Kind kind) {
        return new SecurityKey(kind, 0);
    }

    private static KeyPair pair(Kind kind) {
        try {
            return switch (kind) {
                case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                case ECDSA -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"));
                    yield generator.generateKeyPair();
                }
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] blob(Kind kind, KeyPair pair) {
        byte[] point = switch (kind) {
            case ED25519 -> {
                byte[] encoded = pair.getPublic().getEncoded();
                yield strings(Arrays.copyOfRange(encoded, encoded.length - ED25519_BYTES, encoded.length));
            }
            case ECDSA -> strings(ascii("nistp256"), uncompressed((ECPublicKey) pair.getPublic()));
        };
        return joined(strings(ascii(kind.type)), point, strings(ascii(APPLICATION)));
    }

    private static byte[] uncompressed(ECPublicKey key) {
        byte[] point = new byte[65];
        point[0] = 4;
        place(key.getW().getAffineX(), point, 33);
        place(key.getW().getAffineY(), point, 65);
        return point;
    }

    private static void place(BigInteger number, byte[] into, int end) {
        byte[] bytes = number.toByteArray();
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, into, end - length, length);
    }

    /** The public key in wire format. */
    byte[] blob() {
        return blob.clone();
    }

    /** The line that an operator pastes. */
    public String publicLine() {
        return kind.type + " " + Base64.getEncoder().encodeToString(blob) + " key@ring";
    }

    /** A signature in wire format: type, signature proper, flags, counter. */
    byte[] sign(byte[] message) {
        int count = counter.incrementAndGet();
        byte[] state = ByteBuffer.allocate(5).put((byte) flags).putInt(count).array();
        byte[] covered = joined(sha256(ascii(APPLICATION)), state, sha256(message));
        try {
            Signature signer = Signature.getInstance(kind.signature);
            signer.initSign(secret);
            signer.update(covered);
            byte[] made = signer.sign();
            byte[] proper = kind == Kind.ED25519 ? made : numbers(made);
            return joined(strings(ascii(kind.type), proper), state);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 5656 section 3.1.2: the two numbers of an ECDSA signature, each in as many bytes as it needs. */
    private static byte[] numbers(byte[] both) {
        return strings(
                new BigInteger(1, Arrays.copyOf(both, 32)).toByteArray(),
                new BigInteger(1, Arrays.copyOfRange(both, 32, 64)).toByteArray());
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Strings of RFC 4251 section 5, one behind the other. */
    static byte[] strings(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
