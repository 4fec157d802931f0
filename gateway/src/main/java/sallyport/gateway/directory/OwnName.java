package sallyport.gateway.directory;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name or address by which a device knows itself, on its own network: {@code camera.lan}, {@code 192.168.7.20},
 * {@code [fd00::20]:8443}.
 *
 * @param host lower case, without a final dot; an IPv6 address in brackets
 * @param port empty: whatever port
 */
public record OwnName(String host, OptionalInt port) {
    private static final Pattern SYNTAX = Pattern.compile(
            "([A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?\\.?|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,5}))?");

    /** @throws InvalidValue when the text is neither a name nor an address */
    public static OwnName parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches() || text.contains("..")) {
            throw invalid(text);
        }
        String port = matcher.group(2);
        return new OwnName(
                host(matcher.group(1)),
                port == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(PortNumber.parse(port).value()));
    }

    private static String host(String written) {
        String lower = written.toLowerCase(Locale.ROOT);
        if (lower.startsWith("[") && findLiteral(lower).isEmpty()) {
            throw invalid(written);
        }
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private static Optional<InetAddress> findLiteral(String bracketed) {
        try {
            return Optional.of(InetAddress.ofLiteral(bracketed.substring(1, bracketed.length() - 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static InvalidValue invalid(String text) {
        return new InvalidValue(
                "option",
                "\"" + Printable.shorten(text) + "\" is neither a name nor an address",
                "Write a name or address with or without a port, such as camera.lan, 192.168.7.20:8080 or [fd00::20].");
    }

    /** As it stands in a Host field. */
    public String authority() {
        return port.isPresent() ? host + ":" + port.getAsInt() : host;
    }

    /** True when this host at this port is the same place. */
    public boolean is(String otherHost, int otherPort) {
        return isHost(otherHost) && (port.isEmpty() || port.getAsInt() == otherPort);
    }

    /** True for the same name, or the same address in whatever spelling. */
    public boolean isHost(String otherHost) {
        return host.equals(otherHost)
                || (host.startsWith("[")
                        && otherHost.startsWith("[")
                        && findLiteral(host).equals(findLiteral(otherHost)));
    }
}
