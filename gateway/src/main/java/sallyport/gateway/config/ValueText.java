package sallyport.gateway.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.gateway.config.GatewayConfig.Ports;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;

/** Reads single values as people write them. Pure; what cannot be is an {@link InvalidValue} with cause and fix. */
final class ValueText {
    private static final String EXAMPLES =
            "Write an address with a port, such as \"[::]:443\", \":443\" or 127.0.0.1:443.";
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\s*-\\s*(\\d{1,9})");
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,5})([KMG])");
    private static final long LEAST_SIZE = 64 * 1024;
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_.@+-]{1,64}");
    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final int MAX_PORT = 65535;

    private ValueText() {}

    /** {@code [::]:443}, {@code 127.0.0.1:0}, {@code :443}, {@code *:443}, {@code localhost:7780}. */
    static ListenAddress address(String text, String place) {
        if (text.indexOf(',') >= 0) {
            throw invalid(quoted(text) + " is more than one address", "Write a list: [\":443\", \":8443\"].");
        }
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            String fix = text.matches("\\d{1,5}")
                    ? "Write \":" + text + "\" for all addresses, or 127.0.0.1:" + text + "."
                    : EXAMPLES;
            throw invalid(quoted(text) + " has no " + (text.matches("\\d+") ? "address" : "port"), fix);
        }
        return new ListenAddress(host(text.substring(0, colon), text), port(text.substring(colon + 1), 0), place);
    }

    private static String host(String host, String whole) {
        if (host.isEmpty() || host.equals("*")) {
            return "";
        }
        if (host.equals("localhost")) {
            return "127.0.0.1";
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            return ipv6(host.substring(1, host.length() - 1), whole);
        }
        if (host.indexOf(':') >= 0) {
            throw invalid(
                    quoted(whole) + " is not an address with a port",
                    "Put an IPv6 address in brackets and the whole in quotes: \"[" + Printable.shorten(host)
                            + "]:443\".");
        }
        if (IPV4.matcher(host).matches() && isLiteral(host)) {
            return host;
        }
        throw invalid(
                quoted(host) + " is not an address of this machine",
                "Give an IP address, localhost, or * for all; names are not looked up.");
    }

    private static String ipv6(String host, String whole) {
        if (!IPV6.matcher(host).matches() || !isLiteral(host)) {
            throw invalid(quoted(whole) + " has no IPv6 address between its brackets", EXAMPLES);
        }
        return InetAddress.ofLiteral(host).isAnyLocalAddress() ? "" : host.toLowerCase(Locale.ROOT);
    }

    private static boolean isLiteral(String host) {
        try {
            return InetAddress.ofLiteral(host).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Decimal digits from {@code lowest} to 65535. */
    static int port(String text, int lowest) {
        boolean digits = text.matches("0|[1-9]\\d{0,4}");
        int port = digits ? Integer.parseInt(text) : -1;
        if (port < lowest || port > MAX_PORT) {
            throw invalid(quoted(text) + " is not a port", "Use a number from " + lowest + " to " + MAX_PORT + ".");
        }
        return port;
    }

    /** {@code 20000-29999}. */
    static Ports range(String text) {
        Matcher matcher = RANGE.matcher(text);
        if (!matcher.matches()) {
            throw invalid(quoted(text) + " is not a range of ports", "Write the first and the last: 20000-29999.");
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = Integer.parseInt(matcher.group(2));
        if (first < FIRST_UNPRIVILEGED || last > MAX_PORT) {
            throw invalid(
                    quoted(text) + " reaches outside " + FIRST_UNPRIVILEGED + "-" + MAX_PORT,
                    "Choose a range inside it, such as 20000-29999.");
        }
        if (first > last) {
            throw invalid("the first port of " + text + " is above the last", "Write " + last + "-" + first + ".");
        }
        return new Ports(first, last);
    }

    /** {@code 500K}, {@code 100M}, {@code 2G}: at least 64 KiB. */
    static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw invalid(quoted(text) + " is not a size", "Write a number with K, M or G: 100M.");
        }
        long bytes = Long.parseLong(matcher.group(1))
                << switch (matcher.group(2)) {
                    case "K" -> 10;
                    case "M" -> 20;
                    default -> 30;
                };
        if (bytes < LEAST_SIZE) {
            throw invalid(quoted(text) + " is too small", "Choose at least 64K.");
        }
        return bytes;
    }

    /** How many files are kept: 1 to 1000. */
    static int keep(String text) {
        int number = text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > 1000) {
            throw invalid(quoted(text) + " is not a number of files", "Use a number from 1 to 1000.");
        }
        return number;
    }

    static String user(String text) {
        if (!USER.matcher(text).matches()) {
            throw invalid(
                    quoted(text) + " is not a login name", "Use 1 to 64 letters, digits and the characters . _ @ + -.");
        }
        return text;
    }

    static <E extends Enum<E>> E word(Class<E> type, String text) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
        int index = words.indexOf(text);
        if (index >= 0) {
            return type.getEnumConstants()[index];
        }
        String near = DidYouMean.find(text, words)
                .map(word -> "Did you mean " + word + "? ")
                .orElse("");
        throw invalid(quoted(text) + " is none of " + String.join(", ", words), near + "Write one of these words.");
    }

    /** A path that can be resolved: not empty, no {@code ~}, no invisible characters. */
    static String path(String text) {
        if (text.isBlank() || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw invalid(quoted(text) + " is not a path", "Give the path of a file or folder.");
        }
        if (text.equals("~") || text.startsWith("~/")) {
            throw invalid("~ has no meaning here", "Write the whole path.");
        }
        return text;
    }

    private static InvalidValue invalid(String reason, String fix) {
        return new InvalidValue("value", reason, fix);
    }

    private static String quoted(String text) {
        return "\"" + Printable.shorten(text) + "\"";
    }
}
