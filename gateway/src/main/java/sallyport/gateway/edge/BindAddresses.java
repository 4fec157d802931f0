package sallyport.gateway.edge;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sallyport.gateway.directory.Port.OpenSocket;

/**
 * Where an open port listens, from the grant and from what the client asked (RFC 4254 section 7.1). The grant decides, unless
 * it leaves the choice to the client; then the client's wish counts as far as the grant covers it. Pure.
 */
final class BindAddresses {
    /** Stands for all addresses of both families. */
    static final String ALL = "";

    private static final String ALL_IPV4 = "0.0.0.0";
    private static final String ALL_IPV6 = "::";
    private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

    private BindAddresses() {}

    /** @return the addresses to bind, {@link #ALL} for all of both families; empty when the grant covers nothing of the wish */
    static List<String> of(OpenSocket grant, String requestedAddress) {
        List<String> granted = joined(grant.bind().isEmpty() ? List.of(ALL) : grant.bind());
        return switch (grant.bindChoice()) {
            case GRANT -> granted;
            case CLIENT -> joined(covered(granted, requestedAddress));
        };
    }

    private static List<String> covered(List<String> granted, String wish) {
        return switch (wish) {
            case "", "*" -> granted;
            case "localhost" ->
                LOOPBACK.stream().filter(each -> covers(granted, each)).toList();
            case ALL_IPV4 -> granted.contains(ALL) ? List.of(ALL_IPV4) : family(granted, true);
            case ALL_IPV6 -> granted.contains(ALL) ? List.of(ALL) : family(granted, false);
            default ->
                literal(wish).map(InetAddress::getHostAddress).filter(each -> covers(granted, each)).stream()
                        .toList();
        };
    }

    private static boolean covers(List<String> granted, String address) {
        return granted.contains(ALL)
                || (isIpv4(address) && granted.contains(ALL_IPV4))
                || granted.stream().anyMatch(each -> literal(each).equals(literal(address)));
    }

    private static List<String> family(List<String> granted, boolean ipv4) {
        return granted.stream().filter(each -> isIpv4(each) == ipv4).toList();
    }

    private static boolean isIpv4(String address) {
        return literal(address).filter(Inet4Address.class::isInstance).isPresent();
    }

    /** A socket on {@code ::} takes both families, so nothing may stand beside it. */
    private static List<String> joined(List<String> addresses) {
        if (addresses.contains(ALL_IPV6) || addresses.contains(ALL)) {
            return List.of(ALL);
        }
        boolean allIpv4 = addresses.contains(ALL_IPV4);
        Stream<String> rest = addresses.stream().filter(each -> !allIpv4 || !isIpv4(each) || each.equals(ALL_IPV4));
        return rest.distinct().toList();
    }

    private static Optional<InetAddress> literal(String address) {
        try {
            return Optional.of(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
