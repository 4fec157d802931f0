package sallyport.gateway.cert.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An update message (RFC 2136 section 2): header, zone section, update section, no prerequisites.
 *
 * <pre>
 * ID | QR=0 Opcode=5 | ZOCOUNT=1 | PRCOUNT=0 | UPCOUNT=1 | ADCOUNT=0
 * </pre>
 */
final class DnsMessage {
    static final int HEADER = 12;
    static final int CLASS_IN = 1;
    static final int CLASS_NONE = 254;
    static final int CLASS_ANY = 255;

    private static final int OPCODE_UPDATE = 5 << 11;
    private static final int TYPE_SOA = 6;
    private static final int TYPE_TXT = 16;

    private final Writer out = new Writer();

    DnsMessage(int id) {
        out.u16(id).u16(OPCODE_UPDATE).u16(1).u16(0).u16(1).u16(0);
    }

    /** The zone section: exactly one, of type SOA (RFC 2136 section 2.3). */
    DnsMessage zone(String zone) {
        out.name(zone).u16(TYPE_SOA).u16(CLASS_IN);
        return this;
    }

    /** A record of the update section. The value is one character string (RFC 1035 section 3.3.14). */
    DnsMessage txt(String name, int recordClass, int ttl, String value) {
        byte[] text = value.getBytes(StandardCharsets.US_ASCII);
        out.name(name)
                .u16(TYPE_TXT)
                .u16(recordClass)
                .u32(ttl)
                .u16(text.length + 1)
                .u8(text.length)
                .raw(text);
        return this;
    }

    byte[] bytes() {
        return out.bytes();
    }

    /** Numbers in network order and names without compression. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Writer u8(int value) {
            out.write(value);
            return this;
        }

        Writer u16(int value) {
            return u8(value >> 8).u8(value);
        }

        Writer u32(long value) {
            return u16((int) (value >> 16)).u16((int) value);
        }

        Writer u48(long value) {
            return u16((int) (value >> 32)).u32(value);
        }

        Writer raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Writer name(String name) {
            for (String label : name.split("\\.", -1)) {
                byte[] text = label.getBytes(StandardCharsets.US_ASCII);
                u8(text.length).raw(text);
            }
            return u8(0);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
