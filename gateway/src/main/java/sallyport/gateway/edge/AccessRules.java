package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.fault.Fault;

/**
 * Where a name leads and whether this visitor may go there, by the directory of this moment. Decided before any tunnel is
 * looked up, so a visitor who may not reach a device does not learn whether it is connected. Any thread.
 */
final class AccessRules {
    private final DirectoryHolder directory;
    private final Optional<ConsoleTarget> console;

    AccessRules(DirectoryHolder directory, Optional<ConsoleTarget> console) {
        this.directory = directory;
        this.console = console;
    }

    /** What a name leads to. */
    sealed interface Destination {
        /** A port of a device. */
        record DevicePort(HostnameRoute route, Port port) implements Destination {}

        /** The gateway's own console. */
        record Console(InetSocketAddress address) implements Destination {}
    }

    sealed interface Admission {
        record Admitted(Destination destination) implements Admission {}

        record Refused(Refusal refusal) implements Admission {}
    }

    /** True when the name leads somewhere, whoever asks. */
    boolean knows(Hostname name) {
        return isConsole(name) || directory.current().findRoute(name).isPresent();
    }

    /** The route of a device's name; empty for the console's and unknown ones. */
    Optional<HostnameRoute> findRoute(Hostname name) {
        return isConsole(name) ? Optional.empty() : directory.current().findRoute(name);
    }

    boolean isConsole(Hostname name) {
        return console.isPresent() && console.get().hostname().equals(name);
    }

    Admission admit(Hostname name, InetAddress visitor) {
        if (isConsole(name)) {
            return new Admission.Admitted(
                    new Destination.Console(console.orElseThrow().listener().get()));
        }
        Directory now = directory.current();
        HostnameRoute route = now.findRoute(name).orElse(null);
        Device device = device(now, route);
        Port port = route == null || device == null
                ? null
                : device.findPort(route.port()).orElse(null);
        if (route == null || device == null || port == null) {
            return refused(HttpResponseStatus.NOT_FOUND, Fault.UNKNOWN_HOSTNAME);
        }
        if (!device.mayBeVisitedFrom(visitor)) {
            return refused(HttpResponseStatus.FORBIDDEN, Fault.VISITOR_FORBIDDEN);
        }
        if (!device.enabled()) {
            return refused(HttpResponseStatus.SERVICE_UNAVAILABLE, Fault.DEVICE_OFFLINE);
        }
        return new Admission.Admitted(new Destination.DevicePort(route, port));
    }

    private static @Nullable Device device(Directory now, @Nullable HostnameRoute route) {
        return route == null ? null : now.findDevice(route.device()).orElse(null);
    }

    private static Admission refused(HttpResponseStatus status, Fault fault) {
        return new Admission.Refused(Refusal.of(status, fault.problem()));
    }
}
