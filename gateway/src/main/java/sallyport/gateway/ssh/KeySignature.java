package sallyport.gateway.ssh;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a signature fits a key. MINA checks all but RSA, security keys with their presence flag included; RSA is the JDK's,
 * for the reason given at {@link OfferedKey}. A malformed signature is a wrong one. Pure; any thread.
 */
final class KeySignature {
    private static final Logger log = LoggerFactory.getLogger(KeySignature.class);

    private KeySignature() {}

    /**
     * @param algorithm one that {@link OfferedKey#signsWith} this key
     * @param covered what was signed
     * @param signature in SSH wire format (RFC 4253 section 6.6)
     */
    static boolean fits(SessionContext session, OfferedKey key, String algorithm, Buffer covered, byte[] signature) {
        try {
            return key.key() instanceof RSAPublicKey rsa
                    ? rsaFits(rsa, algorithm, covered, signature)
                    : otherFits(session, key, algorithm, covered, signature);
        } catch (GeneralSecurityException | BufferException | IllegalArgumentException e) {
            log.debug("malformed signature by {}: {}", key.fingerprint(), e.toString());
            return false;
        } catch (Exception e) {
            log.debug("signature by {} could not be checked", key.fingerprint(), e);
            return false;
        }
    }

    private static boolean otherFits(
            SessionContext session, OfferedKey key, String algorithm, Buffer covered, byte[] signature)
            throws Exception {
        org.apache.sshd.common.signature.Signature verifier = NamedFactory.create(BuiltinSignatures.VALUES, algorithm);
        if (verifier == null) {
            return false;
        }
        verifier.initVerifier(session, key.key());
        verifier.update(session, covered.array(), covered.rpos(), covered.available());
        return verifier.verify(session, signature);
    }

    private static boolean rsaFits(RSAPublicKey key, String algorithm, Buffer covered, byte[] signature)
            throws GeneralSecurityException {
        Buffer parts = new ByteArrayBuffer(signature);
        String name = parts.getString();
        byte[] number = parts.getBytes();
        int length = (key.getModulus().bitLength() + 7) / 8;
        if (!name.equals(algorithm) || parts.available() > 0 || number.length > length) {
            return false;
        }
        Signature verifier = Signature.getInstance(digest(algorithm) + "withRSA", OfferedKey.JDK_RSA);
        verifier.initVerify(key);
        verifier.update(covered.array(), covered.rpos(), covered.available());
        return verifier.verify(padded(number, length));
    }

    /** RFC 8332 section 3; {@code ssh-rsa} is SHA-1. */
    private static String digest(String algorithm) {
        return switch (algorithm) {
            case "rsa-sha2-512" -> "SHA512";
            case "rsa-sha2-256" -> "SHA256";
            default -> "SHA1";
        };
    }

    /** Some clients leave out leading zeros. */
    private static byte[] padded(byte[] number, int length) {
        byte[] padded = new byte[length];
        System.arraycopy(number, 0, padded, length - number.length, number.length);
        return number.length == length ? number : padded;
    }
}
