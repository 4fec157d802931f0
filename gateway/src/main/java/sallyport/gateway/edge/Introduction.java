package sallyport.gateway.edge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Hostname;

/**
 * What a proxy in front says about a request.
 *
 * @param visitor who asked it; port 0 when it does not say
 * @param scheme by what the visitor came to it: http or https; empty when it does not say
 * @param host what the visitor asked it for, as it was written
 */
record Introduction(InetSocketAddress visitor, Optional<String> scheme, Optional<String> host) {
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})(?::(\\d{1,5}))?");
    private static final Pattern IPV6 = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::(\\d{1,5}))?");
    private static final Pattern BARE_IPV6 = Pattern.compile("([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)()");
    private static final int MAX_PORT = 65535;

    /** A proxy that introduces nobody asks for itself, as its health checks do. */
    static Introduction nobody(InetSocketAddress proxy) {
        return new Introduction(proxy, Optional.empty(), Optional.empty());
    }

    /**
     * The place that a visitor asked for, when it is the one that the request is for: the proxy may have another port, but a
     * name that leads elsewhere is none that links may be made of.
     */
    Optional<String> hostOf(Hostname served) {
        return host.filter(text -> Authority.parse(text)
                .filter(authority -> authority.host().equals(served.value()))
                .isPresent());
    }

    /** A node (RFC 7239 section 6), with brackets or without; hidden and unknown ones are none. */
    static Optional<InetSocketAddress> address(String node) {
        for (Pattern shape : new Pattern[] {IPV4, IPV6, BARE_IPV6}) {
            Matcher matcher = shape.matcher(node);
            if (matcher.matches()) {
                return address(matcher.group(1), matcher.group(2));
            }
        }
        return Optional.empty();
    }

    private static Optional<InetSocketAddress> address(String literal, @Nullable String digits) {
        int port = digits == null || digits.isEmpty() ? 0 : Integer.parseInt(digits);
        if (port > MAX_PORT) {
            return Optional.empty();
        }
        try {
            return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(literal), port));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
