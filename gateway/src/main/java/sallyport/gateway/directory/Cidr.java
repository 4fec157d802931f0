package sallyport.gateway.directory;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A network in CIDR notation (RFC 4632, RFC 4291 section 2.3), compared bit by bit. IPv4-mapped IPv6 addresses count as
 * IPv4 and zone ids are ignored, so that one visitor has one identity whatever socket it came in on.
 */
public final class Cidr {
    private final byte[] network;
    private final int prefix;

    private Cidr(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Parses {@code 192.0.2.0/24}, {@code 2001:db8::/32} or a single address. Host bits behind the prefix must be zero.
     *
     * @throws InvalidValue when it is neither
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = literal(slash < 0 ? text : text.substring(0, slash), text);
        int bits = address.length * 8;
        int prefix = slash < 0 ? bits : prefixLength(text.substring(slash + 1), bits, text);
        for (int bit = prefix; bit < bits; bit++) {
            if ((address[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                throw invalid(text, "has bits set behind the prefix length");
            }
        }
        return new Cidr(address, prefix);
    }

    /** True when the address lies inside this network. */
    public boolean contains(InetAddress address) {
        byte[] bytes = canonical(address.getAddress());
        if (bytes.length != network.length) {
            return false;
        }
        int whole = prefix >> 3;
        if (!Arrays.equals(bytes, 0, whole, network, 0, whole)) {
            return false;
        }
        int rest = prefix & 7;
        return rest == 0 || ((bytes[whole] ^ network[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }

    private static byte[] literal(String address, String whole) {
        boolean shape = address.indexOf(':') >= 0
                ? address.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.')
                : address.matches("\\d{1,3}(\\.\\d{1,3}){3}");
        if (!shape) {
            throw invalid(whole, "is not an address or network");
        }
        try {
            return canonical(InetAddress.ofLiteral(address).getAddress());
        } catch (IllegalArgumentException e) {
            throw invalid(whole, "is not an address or network");
        }
    }

    private static int prefixLength(String digits, int bits, String whole) {
        if (digits.matches("\\d{1,3}")) {
            int length = Integer.parseInt(digits);
            if (length <= bits) {
                return length;
            }
        }
        throw invalid(whole, "has no valid prefix length");
    }

    private static byte[] canonical(byte[] address) {
        if (address.length == 16) {
            for (int i = 0; i < 12; i++) {
                if (address[i] != (i < 10 ? 0 : (byte) 0xff)) {
                    return address;
                }
            }
            return Arrays.copyOfRange(address, 12, 16);
        }
        return address;
    }

    private static InvalidValue invalid(String text, String what) {
        return new InvalidValue(
                "cidr",
                "\"" + Printable.shorten(text) + "\" " + what,
                "Write a network such as 192.0.2.0/24 or 2001:db8::/32, or one address.");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && cidr.prefix == prefix && Arrays.equals(cidr.network, network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefix;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
