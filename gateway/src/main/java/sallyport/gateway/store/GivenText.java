package sallyport.gateway.store;

import java.net.InetAddress;
import java.util.List;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Printable;

/** Bounds on what an operator gives freely: lengths, counts, and characters that would break a page, a list or a log. */
final class GivenText {
    static final int MAX_TITLE = 200;
    static final int MAX_TAG = 64;
    static final int MAX_TAGS = 32;
    static final int MAX_KEYS = 32;
    static final int MAX_PORTS = 64;
    static final int MAX_HOSTNAMES = 64;
    static final int MAX_NETWORKS = 256;
    static final int MAX_BIND = 16;

    private GivenText() {}

    static String title(String title) {
        if (title.length() > MAX_TITLE || !title.codePoints().allMatch(GivenText::visible)) {
            throw new InvalidValue(
                    "title",
                    "the title is too long or has invisible characters",
                    "Use up to " + MAX_TITLE + " visible characters.");
        }
        return title;
    }

    static List<String> tags(List<String> tags) {
        count("tag", tags, MAX_TAGS);
        for (String tag : tags) {
            if (tag.isBlank() || tag.length() > MAX_TAG || !tag.codePoints().allMatch(GivenText::visible)) {
                throw new InvalidValue(
                        "tag",
                        "\"" + Printable.shorten(tag) + "\" is not a tag",
                        "Use 1 to " + MAX_TAG + " visible characters.");
            }
        }
        return tags.stream().distinct().toList();
    }

    static List<DeviceKey> keys(List<DeviceKey> keys) {
        count("key", keys, MAX_KEYS);
        keys.forEach(key -> count("from", key.from(), MAX_NETWORKS));
        return keys;
    }

    static List<Cidr> networks(String field, List<Cidr> networks) {
        count(field, networks, MAX_NETWORKS);
        return networks;
    }

    static List<Port> ports(List<Port> ports) {
        count("port", ports, MAX_PORTS);
        ports.forEach(port -> port.open().ifPresent(open -> {
            count("bind", open.bind(), MAX_BIND);
            open.bind().forEach(GivenText::literal);
        }));
        return ports;
    }

    static <T> List<T> hostnames(List<T> hostnames) {
        count("hostname", hostnames, MAX_HOSTNAMES);
        return hostnames;
    }

    static void oneMoreHostname(List<?> existing) {
        if (existing.size() >= MAX_HOSTNAMES) {
            throw new InvalidValue(
                    "hostname",
                    "the device has " + existing.size() + " hostnames",
                    "A device may have " + MAX_HOSTNAMES + " of them.");
        }
    }

    private static void count(String field, List<?> values, int limit) {
        if (values.size() > limit) {
            throw new InvalidValue(
                    field, values.size() + " values are given", "A device may have " + limit + " of them.");
        }
    }

    private static void literal(String address) {
        if (!isUnicastLiteral(address)) {
            throw new InvalidValue(
                    "bind",
                    "\"" + Printable.shorten(address) + "\" is not an address to listen on",
                    "Give an address of this machine such as 192.0.2.1 or 2001:db8::1, or none for all.");
        }
    }

    private static boolean isUnicastLiteral(String address) {
        if (address.isEmpty() || address.indexOf('%') >= 0) {
            return false;
        }
        try {
            return !InetAddress.ofLiteral(address).isMulticastAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Unicode text is welcome; control, format (bidi) and line characters are not. */
    private static boolean visible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
