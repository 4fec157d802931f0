package sallyport.gateway.ssh;

import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves to a client that the gateway holds its other host keys ({@code hostkeys-prove-00@openssh.com}, OpenSSH PROTOCOL
 * section 2.5): a signature over the request's name, the session and the key, for each key that the client names.
 *
 * <p>An RSA signature takes milliseconds, so it is made on a thread of its own, never on a loop.
 */
final class HostKeyProof {
    private static final Logger log = LoggerFactory.getLogger(HostKeyProof.class);
    private static final String REQUEST = "hostkeys-prove-00@openssh.com";

    private HostKeyProof() {}

    /** The signatures in the order of the keys, or empty when one of them is not ours. Takes milliseconds. */
    static Optional<byte[]> sign(ByteBuffer blobs, GatewaySession session) {
        try {
            Map<byte[], KeyPair> ours = new TreeMap<>(Arrays::compare);
            for (KeyPair pair : session.getKeyPairProvider().loadKeys(session)) {
                ours.put(blob(pair), pair);
            }
            byte[] bytes = new byte[blobs.remaining()];
            blobs.get(bytes);
            Buffer asked = new ByteArrayBuffer(bytes);
            Buffer signatures = new ByteArrayBuffer();
            int left = ours.size();
            while (asked.available() > 0) {
                byte[] blob = asked.getBytes();
                KeyPair pair = ours.get(blob);
                if (pair == null || left-- == 0) {
                    return Optional.empty();
                }
                signatures.putBytes(sign(blob, pair, session));
            }
            return Optional.of(signatures.getCompactData());
        } catch (BufferException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (Exception e) {
            log.error("cannot prove the host keys to {}", session, e);
            return Optional.empty();
        }
    }

    private static byte[] sign(byte[] blob, KeyPair pair, GatewaySession session) throws Exception {
        String type = KeyUtils.getKeyType(pair);
        String algorithm = type.equals("ssh-rsa") ? "rsa-sha2-512" : type;
        Signature signer = NamedFactory.create(BuiltinSignatures.VALUES, algorithm);
        if (signer == null) {
            throw new IllegalStateException("no signature " + algorithm);
        }
        Buffer covered = new ByteArrayBuffer();
        covered.putString(REQUEST);
        covered.putBytes(session.getSessionId());
        covered.putBytes(blob);
        signer.initSigner(session, pair.getPrivate());
        signer.update(session, covered.array(), covered.rpos(), covered.available());
        Buffer signature = new ByteArrayBuffer();
        signature.putString(algorithm);
        signature.putBytes(signer.sign(session));
        return signature.getCompactData();
    }

    private static byte[] blob(KeyPair pair) {
        Buffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(pair.getPublic());
        return buffer.getCompactData();
    }
}
