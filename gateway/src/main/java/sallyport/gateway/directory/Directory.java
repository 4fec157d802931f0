package sallyport.gateway.directory;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the data plane needs to know, as one immutable snapshot with its indexes. Any thread may read it; it is
 * swapped whole through {@link DirectoryHolder}.
 */
public final class Directory {
    private static final Directory EMPTY = new Directory(0, List.of(), List.of());

    private final long version;
    private final Map<DeviceName, Device> devices;
    private final Map<KeyFingerprint, Device> byKey;
    private final Map<PortNumber, Device> byPort;
    private final Map<Hostname, HostnameRoute> hostnames;
    private final boolean wildcards;

    /**
     * @param version grows with every change
     * @param devices all devices
     * @param hostnames all hostnames, the automatic ones included
     * @throws IllegalArgumentException when a key, port or hostname belongs to two devices or a hostname to none
     */
    public Directory(long version, Collection<Device> devices, Collection<HostnameRoute> hostnames) {
        this.version = version;
        Map<DeviceName, Device> names = new LinkedHashMap<>();
        Map<KeyFingerprint, Device> keys = new HashMap<>();
        Map<PortNumber, Device> ports = new HashMap<>();
        Map<Hostname, HostnameRoute> routes = new LinkedHashMap<>();
        for (Device device : devices) {
            single(names.put(device.name(), device), device.name());
            device.keys().forEach(key -> single(keys.put(key.fingerprint(), device), key.fingerprint()));
            device.ports().forEach(port -> single(ports.put(port.number(), device), port.number()));
        }
        for (HostnameRoute route : hostnames) {
            if (!names.containsKey(route.device())) {
                throw new IllegalArgumentException(route.hostname() + " leads to no device");
            }
            single(routes.put(route.hostname(), route), route.hostname());
        }
        this.devices = Collections.unmodifiableMap(names);
        this.byKey = Map.copyOf(keys);
        this.byPort = Map.copyOf(ports);
        this.hostnames = Collections.unmodifiableMap(routes);
        this.wildcards = routes.keySet().stream().anyMatch(Hostname::isWildcard);
    }

    private static void single(@Nullable Object previous, Object what) {
        if (previous != null) {
            throw new IllegalArgumentException(what + " stands twice in the directory");
        }
    }

    /** The directory of a gateway without devices, version 0. */
    public static Directory empty() {
        return EMPTY;
    }

    public long version() {
        return version;
    }

    public Collection<Device> devices() {
        return devices.values();
    }

    public Collection<HostnameRoute> hostnames() {
        return hostnames.values();
    }

    public Optional<Device> findDevice(DeviceName name) {
        return Optional.ofNullable(devices.get(name));
    }

    public Optional<Device> findByKey(KeyFingerprint key) {
        return Optional.ofNullable(byKey.get(key));
    }

    /** The device that owns this port. */
    public Optional<Device> findByPort(PortNumber port) {
        return Optional.ofNullable(byPort.get(port));
    }

    /** What stands in the directory under exactly this name. */
    public Optional<HostnameRoute> findHostname(Hostname hostname) {
        return Optional.ofNullable(hostnames.get(hostname));
    }

    /**
     * Where a visitor's name leads: the name itself goes before the wildcard that stands for it. Names with an underscore
     * are not for web pages, so no wildcard stands for them.
     */
    public Optional<HostnameRoute> findRoute(Hostname asked) {
        HostnameRoute own = hostnames.get(asked);
        if (own != null || !wildcards || asked.value().indexOf('_') >= 0) {
            return Optional.ofNullable(own);
        }
        return asked.findWildcard().map(hostnames::get);
    }
}
