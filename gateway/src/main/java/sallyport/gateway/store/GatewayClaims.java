package sallyport.gateway.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.directory.Hostname;

/**
 * What the configuration claims for the gateway itself, so that no device gets it.
 *
 * @param domain devices are {@code NAME.domain}
 * @param names hostnames of the gateway itself: the console's, and the one for SSH inside TLS
 * @param firstPort the first automatic port
 * @param lastPort the last automatic port
 * @param listeners port number → the front that listens there, such as {@code https.listen}
 */
public record GatewayClaims(
        Optional<Hostname> domain, Set<Hostname> names, int firstPort, int lastPort, Map<Integer, String> listeners) {
    public GatewayClaims {
        names = Set.copyOf(names);
        listeners = Map.copyOf(listeners);
    }

    public static GatewayClaims of(GatewayConfig config) {
        Map<Integer, String> listeners = new LinkedHashMap<>();
        note(listeners, "ssh.listen", config.ssh().listen());
        note(listeners, "https.listen", config.https().listen());
        note(listeners, "http.listen", config.http().listen());
        note(listeners, "console.listen", config.console().listen());
        note(listeners, "management.listen", config.management().listen());
        return new GatewayClaims(
                config.domain(),
                Stream.of(config.console().hostname(), config.ssh().hostname())
                        .flatMap(Optional::stream)
                        .collect(Collectors.toSet()),
                config.ports().first(),
                config.ports().last(),
                listeners);
    }

    private static void note(Map<Integer, String> listeners, String front, List<ListenAddress> addresses) {
        for (ListenAddress address : addresses) {
            if (address.port() != 0) {
                listeners.putIfAbsent(address.port(), front);
            }
        }
    }

    /** The range as the configuration spells it. */
    String range() {
        return firstPort + "-" + lastPort;
    }
}
