package sallyport.gateway.console;

import java.net.InetAddress;
import java.util.Optional;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * Open ports of several devices stand under one name, the gateway's, and browsers keep one set of cookies for all ports of a
 * name: devices of one make log each other out. The bytes are the device's own, so nothing in between can tell the cookies
 * apart; a name for each device can. Pure.
 */
final class SharedName {
    private SharedName() {}

    static Optional<Problem> warning(Directory now, Device device) {
        Optional<Port> open =
                device.ports().stream().filter(SharedName::isVisited).findFirst();
        if (open.isEmpty()) {
            return Optional.empty();
        }
        return now.devices().stream()
                .filter(other -> !other.name().equals(device.name()))
                .filter(other -> other.ports().stream().anyMatch(SharedName::isVisited))
                .findFirst()
                .map(other -> Fault.SHARED_NAME.problem(
                        "device", device.name(), "other", other.name(), "url", url(now, device, open.get())));
    }

    private static boolean isVisited(Port port) {
        return port.open()
                .filter(socket -> socket.bind().isEmpty()
                        || !socket.bind().stream()
                                .allMatch(address ->
                                        InetAddress.ofLiteral(address).isLoopbackAddress()))
                .isPresent();
    }

    /** The same port under a name of the device's own. */
    private static String url(Directory now, Device device, Port port) {
        return now.hostnames().stream()
                .filter(route -> route.device().equals(device.name()))
                .map(HostnameRoute::hostname)
                .filter(name -> !name.isWildcard())
                .findFirst()
                .map(name -> "https://" + name + ":" + port.number() + "/")
                .orElse("a DNS name of its own, with port " + port.number());
    }
}
