package sallyport.gateway.directory;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * A public key in SSH wire format: a type name and the fields of that type, each with its length in front (RFC 4253
 * section 6.6, RFC 5656 section 3.1, RFC 8709 section 4; the sk- types as OpenSSH's PROTOCOL.u2f has them).
 *
 * <p>The lengths say how long a key must be, which is how a key that was cut off is told from one that is whole, and how
 * the pieces of a line that a mail program broke are put together again.
 */
final class KeyBlob {
    static final String RSA = "ssh-rsa";
    static final String ED25519 = "ssh-ed25519";
    static final String SK_ED25519 = "sk-ssh-ed25519@openssh.com";
    static final String SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com";

    /** How many fields follow the type name. */
    private static final Map<String, Integer> FIELDS = Map.of(
            ED25519,
            1,
            "ecdsa-sha2-nistp256",
            2,
            "ecdsa-sha2-nistp384",
            2,
            "ecdsa-sha2-nistp521",
            2,
            RSA,
            2,
            SK_ED25519,
            2,
            SK_ECDSA,
            3);

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 16384;
    private static final int MAX_FIELD = MAX_RSA_BITS / 8 + 1;

    private KeyBlob() {}

    static boolean isType(String word) {
        return FIELDS.containsKey(word);
    }

    /**
     * How many more bytes a key of this type needs after these ones: 0 when it is whole, negative when no continuation
     * could make it a key. While a length itself is cut off the answer is a lower bound.
     */
    static int missing(String type, byte[] start) {
        int at = 0;
        for (int field = 0; field <= FIELDS.getOrDefault(type, 0); field++) {
            if (start.length - at < 4) {
                return 4 - (start.length - at);
            }
            int length = length(start, at);
            if (length < 0 || length > MAX_FIELD) {
                return -1;
            }
            at += 4 + length;
            if (at > start.length) {
                return at - start.length;
            }
        }
        return at - start.length;
    }

    /** The type name that the blob itself gives, or an empty text. */
    static String type(byte[] blob) {
        if (blob.length < 4) {
            return "";
        }
        int length = length(blob, 0);
        return length < 0 || length > 64 || length > blob.length - 4
                ? ""
                : new String(blob, 4, length, StandardCharsets.US_ASCII);
    }

    /**
     * Checks every field of a whole key.
     *
     * @throws ProblemException when it is no key of this type, or one that is too weak
     */
    static void check(String type, byte[] blob) {
        if (missing(type, blob) != 0 || !type(blob).equals(type)) {
            throw altered();
        }
        byte[][] fields = fields(type, blob);
        switch (type) {
            case RSA -> checkRsa(fields[1], fields[2]);
            case ED25519, SK_ED25519 -> require(KeyCurves.isEd25519Key(fields[1]));
            default -> {
                String curve = new String(fields[1], StandardCharsets.US_ASCII);
                require(type.contains("-" + curve) && KeyCurves.isPoint(curve, fields[2]));
            }
        }
        if (type.startsWith("sk-")) {
            require(fields[fields.length - 1].length > 0);
        }
    }

    private static void checkRsa(byte[] exponentField, byte[] modulusField) {
        BigInteger exponent = number(exponentField);
        BigInteger modulus = number(modulusField);
        require(modulus.testBit(0) && exponent.compareTo(BigInteger.ONE) > 0);
        int bits = modulus.bitLength();
        if (bits < MIN_RSA_BITS) {
            throw new ProblemException(Fault.KEY_TOO_WEAK.problem("detail", "RSA with " + bits + " bits"));
        }
        if (bits > MAX_RSA_BITS) {
            throw new ProblemException(Fault.KEY_UNSUPPORTED.problem("detail", "RSA with " + bits + " bits"));
        }
        require(exponent.testBit(0));
    }

    /** A positive number in its one encoding (mpint, RFC 4251 section 5). */
    private static BigInteger number(byte[] field) {
        BigInteger value = field.length == 0 ? BigInteger.ZERO : new BigInteger(field);
        require(value.signum() > 0 && Arrays.equals(value.toByteArray(), field));
        return value;
    }

    private static byte[][] fields(String type, byte[] blob) {
        byte[][] fields = new byte[FIELDS.getOrDefault(type, 0) + 1][];
        int at = 0;
        for (int i = 0; i < fields.length; i++) {
            int length = length(blob, at);
            fields[i] = Arrays.copyOfRange(blob, at + 4, at + 4 + length);
            at += 4 + length;
        }
        return fields;
    }

    private static int length(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw altered();
        }
    }

    static ProblemException altered() {
        return new ProblemException(Fault.KEY_TRUNCATED.problem());
    }

    /** Builds a blob from its fields. */
    static byte[] of(String type, byte[]... fields) {
        int size = 4 + type.length();
        for (byte[] field : fields) {
            size += 4 + field.length;
        }
        ByteBuffer blob = ByteBuffer.allocate(size);
        put(blob, type.getBytes(StandardCharsets.US_ASCII));
        for (byte[] field : fields) {
            put(blob, field);
        }
        return blob.array();
    }

    private static void put(ByteBuffer blob, byte[] field) {
        blob.putInt(field.length).put(field);
    }
}
