package sallyport.gateway.cert.dns;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import sallyport.gateway.cert.dns.DnsMessage.Writer;

/** TSIG with HMAC-SHA-256 (RFC 8945): signs requests and checks answers. Immutable. */
final class TransactionSignature {
    private static final String ALGORITHM = "hmac-sha256";
    private static final String MAC = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    private static final int TYPE_TSIG = 250;
    private static final int FUDGE_SECONDS = 300;
    private static final int ADDITIONAL_COUNT = 10;

    private final String keyName;
    private final SecretKeySpec key;

    TransactionSignature(String keyName, byte[] secret) {
        this.keyName = keyName.toLowerCase(Locale.ROOT);
        key = new SecretKeySpec(secret, MAC);
    }

    /** A signed request, and its MAC, which the answer's covers. */
    static final class Signed {
        private final byte[] message;
        private final byte[] mac;

        private Signed(byte[] message, byte[] mac) {
            this.message = message;
            this.mac = mac;
        }

        byte[] message() {
            return message;
        }

        byte[] mac() {
            return mac;
        }
    }

    /** Adds the TSIG record (RFC 8945 section 4.2) to a message without one. */
    Signed sign(byte[] message, Instant now) {
        byte[] mac = mac(message, variables(now.getEpochSecond(), FUDGE_SECONDS, 0, new byte[0]));
        Writer record = new Writer()
                .name(ALGORITHM)
                .u48(now.getEpochSecond())
                .u16(FUDGE_SECONDS)
                .u16(mac.length)
                .raw(mac)
                .u16(ByteBuffer.wrap(message).getShort() & 0xffff)
                .u16(0)
                .u16(0);
        byte[] data = record.bytes();
        byte[] signed = new Writer()
                .raw(message)
                .name(keyName)
                .u16(TYPE_TSIG)
                .u16(DnsMessage.CLASS_ANY)
                .u32(0)
                .u16(data.length)
                .raw(data)
                .bytes();
        signed[ADDITIONAL_COUNT + 1]++;
        return new Signed(signed, mac);
    }

    /**
     * True when the answer ends with a TSIG record of this key whose MAC covers the request's (RFC 8945 section 5.3.1). The
     * record is the last of a message, so it is found from behind: what it is made of has a known length.
     */
    boolean verifies(byte[] answer, byte[] requestMac) {
        Writer head = new Writer()
                .name(keyName)
                .u16(TYPE_TSIG)
                .u16(DnsMessage.CLASS_ANY)
                .u32(0);
        int data = new Writer().name(ALGORITHM).bytes().length + 6 + 2 + 2 + MAC_BYTES + 2 + 2 + 2;
        int start = answer.length - data - 2 - head.bytes().length;
        if (start < DnsMessage.HEADER) {
            return false;
        }
        ByteBuffer record = ByteBuffer.wrap(answer);
        record.position(answer.length - data + new Writer().name(ALGORITHM).bytes().length);
        long time = ((long) (record.getShort() & 0xffff) << 32) | (record.getInt() & 0xffffffffL);
        int fudge = record.getShort() & 0xffff;
        if (record.getShort() != MAC_BYTES) {
            return false;
        }
        byte[] mac = new byte[MAC_BYTES];
        record.get(mac);
        int originalId = record.getShort() & 0xffff;
        int error = record.getShort() & 0xffff;
        byte[] unsigned = Arrays.copyOf(answer, start);
        unsigned[0] = (byte) (originalId >> 8);
        unsigned[1] = (byte) originalId;
        unsigned[ADDITIONAL_COUNT + 1]--;
        byte[] covered = new Writer()
                .u16(requestMac.length)
                .raw(requestMac)
                .raw(unsigned)
                .bytes();
        return MessageDigest.isEqual(mac, mac(covered, variables(time, fudge, error, new byte[0])));
    }

    private byte[] variables(long time, int fudge, int error, byte[] other) {
        return new Writer()
                .name(keyName)
                .u16(DnsMessage.CLASS_ANY)
                .u32(0)
                .name(ALGORITHM)
                .u48(time)
                .u16(fudge)
                .u16(error)
                .u16(other.length)
                .raw(other)
                .bytes();
    }

    private byte[] mac(byte[] message, byte[] variables) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(key);
            mac.update(message);
            return mac.doFinal(variables);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
