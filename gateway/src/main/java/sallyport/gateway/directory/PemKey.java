package sallyport.gateway.directory;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** Public keys in PEM or bare DER: SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) and RSAPublicKey (RFC 8017 A.1.1). */
final class PemKey {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "DSA");
    /** AlgorithmIdentifier of rsaEncryption: what PKCS#1 leaves out and SubjectPublicKeyInfo has in front. */
    private static final byte[] RSA_ALGORITHM = Base64.getDecoder().decode("MA0GCSqGSIb3DQEBAQUA");

    private PemKey() {}

    /** Turns a SubjectPublicKeyInfo into an SSH key blob. */
    static byte[] ofSubjectPublicKeyInfo(byte[] der) {
        requireWhole(der);
        for (String algorithm : ALGORITHMS) {
            try {
                return blob(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der)));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                // another algorithm's key: the next one
            }
        }
        throw unsupported("its algorithm is unknown");
    }

    /** Turns an RSAPublicKey into an SSH key blob. */
    static byte[] ofPkcs1(byte[] der) {
        requireWhole(der);
        byte[] bits = new byte[der.length + 1]; // the first byte says how many bits are unused: none
        System.arraycopy(der, 0, bits, 1, der.length);
        byte[] bitString = Der.element(0x03, bits);
        byte[] body = Arrays.copyOf(RSA_ALGORITHM, RSA_ALGORITHM.length + bitString.length);
        System.arraycopy(bitString, 0, body, RSA_ALGORITHM.length, bitString.length);
        return ofSubjectPublicKeyInfo(Der.element(0x30, body));
    }

    private static void requireWhole(byte[] der) {
        if (Der.missing(der) != 0) {
            throw KeyBlob.altered();
        }
    }

    private static byte[] blob(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa ->
                KeyBlob.of(
                        KeyBlob.RSA,
                        rsa.getPublicExponent().toByteArray(),
                        rsa.getModulus().toByteArray());
            case ECPublicKey ec -> ecdsa(ec);
            case EdECPublicKey ed -> ed25519(ed);
            case DSAPublicKey dsa ->
                throw new ProblemException(Fault.KEY_TOO_WEAK.problem("detail", dsa.getAlgorithm()));
            default -> throw unsupported(key.getAlgorithm());
        };
    }

    private static byte[] ecdsa(ECPublicKey key) {
        String curve = KeyCurves.sshName(key.getParams());
        if (curve.isEmpty()) {
            throw unsupported("its curve is unknown to SSH");
        }
        int size = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
        byte[] point = new byte[1 + 2 * size];
        point[0] = 4;
        put(key.getW().getAffineX(), point, 1, size);
        put(key.getW().getAffineY(), point, 1 + size, size);
        return KeyBlob.of("ecdsa-sha2-" + curve, curve.getBytes(StandardCharsets.US_ASCII), point);
    }

    private static void put(BigInteger value, byte[] to, int at, int size) {
        byte[] bytes = value.toByteArray();
        int length = Math.min(bytes.length, size);
        System.arraycopy(bytes, bytes.length - length, to, at + size - length, length);
    }

    private static byte[] ed25519(EdECPublicKey key) {
        if (!key.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
            throw unsupported(key.getParams().getName());
        }
        byte[] y = new byte[32];
        put(key.getPoint().getY(), y, 0, 32);
        byte[] point = new byte[32];
        for (int i = 0; i < 32; i++) {
            point[i] = y[31 - i];
        }
        if (key.getPoint().isXOdd()) {
            point[31] |= (byte) 0x80;
        }
        return KeyBlob.of(KeyBlob.ED25519, point);
    }

    private static ProblemException unsupported(String detail) {
        return new ProblemException(Fault.KEY_UNSUPPORTED.problem("detail", detail));
    }

    /** The little of DER (X.690) that is needed to frame and to tell apart. */
    static final class Der {
        private Der() {}

        static byte[] element(int tag, byte[] content) {
            byte[] length = content.length < 0x80
                    ? new byte[] {(byte) content.length}
                    : content.length < 0x100
                            ? new byte[] {(byte) 0x81, (byte) content.length}
                            : new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
            byte[] element = new byte[1 + length.length + content.length];
            element[0] = (byte) tag;
            System.arraycopy(length, 0, element, 1, length.length);
            System.arraycopy(content, 0, element, 1 + length.length, content.length);
            return element;
        }

        /** Bytes that a SEQUENCE still needs; 0 when it is whole, negative when it is none or something follows it. */
        static int missing(byte[] der) {
            return findContent(der).map(start -> start.end - der.length).orElse(-1);
        }

        /** True for a SEQUENCE that starts with a small INTEGER: PKCS#8, PKCS#1 and SEC1 private keys all do. */
        static boolean looksPrivate(byte[] der) {
            return findContent(der)
                    .filter(content -> der.length >= content.start + 3
                            && der[content.start] == 0x02
                            && der[content.start + 1] == 0x01
                            && der[content.start + 2] <= 1)
                    .isPresent();
        }

        private record Content(int start, int end) {}

        private static Optional<Content> findContent(byte[] der) {
            if (der.length < 4 || der[0] != 0x30) {
                return Optional.empty();
            }
            int first = der[1] & 0xff;
            return switch (first) {
                case 0x81 -> Optional.of(new Content(3, 3 + (der[2] & 0xff)));
                case 0x82 -> Optional.of(new Content(4, 4 + ((der[2] & 0xff) << 8 | (der[3] & 0xff))));
                default -> first < 0x80 ? Optional.of(new Content(2, 2 + first)) : Optional.empty();
            };
        }
    }
}
