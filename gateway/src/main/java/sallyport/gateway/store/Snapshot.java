package sallyport.gateway.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;

/**
 * Turns what is stored into what the data plane reads. The automatic hostnames come in here, because they follow from
 * {@code domain}, which may change in the configuration while names in the store stay. A name that the operator gave to
 * something else (a hostname of its own, the console) stays there; the device then has no automatic name.
 *
 * <p>A change touches one device of thousands, and checking a hostname costs more than everything else here: the routes
 * of devices that are still the same object are kept. Used by one thread at a time.
 */
final class Snapshot {
    private static final Logger log = LoggerFactory.getLogger(Snapshot.class);

    private record Automatic(Device device, HostnameOptions options, Optional<HostnameRoute> route) {}

    private final GatewayClaims claims;
    private Map<DeviceName, Automatic> known = Map.of();

    Snapshot(GatewayClaims claims) {
        this.claims = claims;
    }

    Directory of(Contents contents, long version) {
        List<HostnameRoute> routes = new ArrayList<>(contents.devices().size());
        Set<Hostname> taken = new HashSet<>();
        taken.addAll(claims.names());
        for (OwnHostname own : contents.hostnames().values()) {
            Device device = contents.devices().get(own.device());
            if (device != null && taken.add(own.hostname())) {
                routes.add(route(own, device));
            } else {
                log.warn("{} leads nowhere: the configuration gives this name to the gateway", own.hostname());
            }
        }
        Map<DeviceName, Automatic> next = new HashMap<>(2 * contents.devices().size());
        for (Device device : contents.devices().values()) {
            Automatic automatic = automatic(device, contents.automaticOptions(device.name()));
            next.put(device.name(), automatic);
            automatic.route().ifPresent(route -> {
                if (taken.add(route.hostname())) {
                    routes.add(route);
                } else {
                    log.warn("{} does not lead to device {}: the name is in use", route.hostname(), device.name());
                }
            });
        }
        known = next;
        return new Directory(version, contents.devices().values(), routes);
    }

    private Automatic automatic(Device device, HostnameOptions options) {
        Automatic before = known.get(device.name());
        if (before != null && before.device() == device && before.options() == options) {
            return before;
        }
        return new Automatic(
                device,
                options,
                findAutomatic(device.name(), claims)
                        .map(name -> new HostnameRoute(
                                name,
                                device.name(),
                                device.mainPort(),
                                device.tls(),
                                device.deviceTls(),
                                true,
                                options)));
    }

    /** {@code NAME.domain}, when there is a domain and the name is not too long for DNS. */
    static Optional<Hostname> findAutomatic(DeviceName device, GatewayClaims claims) {
        return claims.domain().flatMap(domain -> {
            try {
                return Optional.of(automatic(device, domain));
            } catch (InvalidValue e) {
                log.warn("Device {} has no automatic hostname: {}", device, e.reason());
                return Optional.empty();
            }
        });
    }

    static Hostname automatic(DeviceName device, Hostname domain) {
        return new Hostname(device + "." + domain);
    }

    private static HostnameRoute route(OwnHostname own, Device device) {
        return new HostnameRoute(
                own.hostname(),
                own.device(),
                own.port().orElseGet(device::mainPort),
                own.tls(),
                own.deviceTls(),
                false,
                own.options());
    }
}
