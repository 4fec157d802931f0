package sallyport.gateway;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the gateway really listens, by kind in the order of the ready line. Filled while it starts, read by any thread.
 */
public final class GatewayAddresses {
    private volatile Map<String, List<InetSocketAddress>> byKind = Map.of();

    void add(String kind, List<InetSocketAddress> addresses) {
        Map<String, List<InetSocketAddress>> more = new LinkedHashMap<>(byKind);
        more.put(kind, List.copyOf(addresses));
        byKind = more;
    }

    public List<InetSocketAddress> ssh() {
        return of("ssh");
    }

    public List<InetSocketAddress> https() {
        return of("https");
    }

    public List<InetSocketAddress> http() {
        return of("http");
    }

    public List<InetSocketAddress> console() {
        return of("console");
    }

    public List<InetSocketAddress> management() {
        return of("management");
    }

    private List<InetSocketAddress> of(String kind) {
        return byKind.getOrDefault(kind, List.of());
    }

    /** {@code ADDRESS:PORT} by kind, in the order of the ready line. */
    public Map<String, List<String>> words() {
        Map<String, List<String>> words = new LinkedHashMap<>();
        for (String kind : List.of("ssh", "https", "http", "console", "management")) {
            words.put(kind, of(kind).stream().map(GatewayAddresses::word).toList());
        }
        return words;
    }

    /** {@code ready ssh=ADDR:PORT https=ADDR:PORT ...}; several addresses of one kind are joined by commas. */
    public String readyLine() {
        return words().entrySet().stream()
                .map(kind -> kind.getKey() + "=" + String.join(",", kind.getValue()))
                .collect(Collectors.joining(" ", "ready ", ""));
    }

    private static String word(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        String literal = host.indexOf(':') < 0 ? host : "[" + shortest(host) + "]";
        return literal + ":" + address.getPort();
    }

    /** Java writes the unspecified and the loopback address of IPv6 in full. */
    private static String shortest(String literal) {
        return switch (literal) {
            case "0:0:0:0:0:0:0:0" -> "::";
            case "0:0:0:0:0:0:0:1" -> "::1";
            default -> literal;
        };
    }
}
