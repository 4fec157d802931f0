package sallyport.gateway.console;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import sallyport.gateway.directory.Hostname;

/**
 * The names under which the console may be asked for: {@code localhost}, {@code console.hostname}, and addresses of this
 * machine. A name that somebody else controls is none of them, even when it resolves to this machine.
 */
final class HostNames {
    private final Set<String> names;

    HostNames(Optional<Hostname> hostname) {
        names = hostname.map(name -> Set.of("localhost", name.value())).orElse(Set.of("localhost"));
    }

    /** @param host the host of a request, without port; an IPv6 literal may stand in brackets */
    boolean contains(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (names.contains(name)) {
            return true;
        }
        return address(name).filter(HostNames::isOurs).isPresent();
    }

    private static Optional<InetAddress> address(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        try {
            return Optional.of(InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean isOurs(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
