package sallyport.gateway.store;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sallyport.gateway.directory.BrowserPorts;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * What must hold between devices: a name, key, port and hostname belongs to one of them, from its first grant until an
 * operator releases it, whether or not the device is connected. Pure: looks at one version of the directory.
 */
final class DirectoryRules {
    private final Contents contents;
    private final Directory directory;
    private final GatewayClaims claims;

    DirectoryRules(Contents contents, Directory directory, GatewayClaims claims) {
        this.contents = contents;
        this.directory = directory;
        this.claims = claims;
    }

    Device requireDevice(DeviceName name) {
        return directory
                .findDevice(name)
                .orElseThrow(
                        () -> new ProblemException(Fault.NOT_FOUND.problem("kind", "device", "name", name.value())));
    }

    /** The stored hostname; automatic ones are refused in words. */
    OwnHostname requireOwn(Hostname hostname) {
        OwnHostname own = contents.hostnames().get(hostname);
        if (own != null) {
            return own;
        }
        HostnameRoute route = requireRoute(hostname);
        throw new ProblemException(Fault.AUTOMATIC_HOSTNAME.problem("hostname", hostname, "device", route.device()));
    }

    HostnameRoute requireRoute(Hostname hostname) {
        return directory
                .findHostname(hostname)
                .orElseThrow(() ->
                        new ProblemException(Fault.NOT_FOUND.problem("kind", "hostname", "name", hostname.value())));
    }

    List<OwnHostname> hostnamesOf(DeviceName device) {
        return contents.hostnames().values().stream()
                .filter(own -> own.device().equals(device))
                .toList();
    }

    /** A new device of this name may be made: neither the name nor {@code NAME.domain} is taken. */
    void checkNewName(DeviceName name) {
        if (directory.findDevice(name).isPresent()) {
            throw new ProblemException(Fault.NAME_TAKEN.problem("device", name));
        }
        claims.domain().ifPresent(domain -> {
            Hostname automatic = automatic(name, domain);
            if (claims.names().contains(automatic)) {
                throw new ProblemException(Fault.HOSTNAME_OF_GATEWAY.problem("hostname", automatic));
            }
            OwnHostname own = contents.hostnames().get(automatic);
            if (own != null) {
                throw new ProblemException(Fault.HOSTNAME_TAKEN.problem("hostname", automatic, "owner", own.device()));
            }
        });
    }

    private static Hostname automatic(DeviceName name, Hostname domain) {
        try {
            return Snapshot.automatic(name, domain);
        } catch (InvalidValue e) {
            throw new InvalidValue(
                    "name", "\"" + name + "." + domain + "\" is too long for a host name", "Choose a shorter name.");
        }
    }

    /** True for {@code NAME.domain} of this device, which needs no adding. */
    boolean isAutomatic(Hostname hostname, DeviceName device) {
        return Snapshot.findAutomatic(device, claims).equals(Optional.of(hostname));
    }

    /** Every key is given once and belongs to nobody else. */
    void checkKeys(DeviceName device, List<DeviceKey> keys) {
        Set<KeyFingerprint> given = new HashSet<>();
        for (DeviceKey key : keys) {
            KeyFingerprint fingerprint = key.fingerprint();
            if (!given.add(fingerprint)) {
                throw new InvalidValue("key", "the key " + fingerprint + " is given twice", "Give every key once.");
            }
            directory.findByKey(fingerprint).ifPresent(owner -> {
                if (!owner.name().equals(device)) {
                    throw new ProblemException(Fault.KEY_OWNED.problem("key", fingerprint, "owner", owner.name()));
                }
            });
        }
    }

    /** Every port is given once and belongs neither to another device nor to the gateway. */
    void checkPorts(DeviceName device, List<Port> ports) {
        Set<PortNumber> given = new HashSet<>();
        for (Port port : ports) {
            PortNumber number = port.number();
            if (!given.add(number)) {
                throw new InvalidValue(
                        "port", "port " + number + " is given twice", "A port is either private or open.");
            }
            Optional<Device> owner = directory.findByPort(number);
            if (owner.isPresent() && !owner.get().name().equals(device)) {
                throw new ProblemException(Fault.PORT_TAKEN.problem(
                        "port", number, "owner", owner.get().name()));
            }
            String front = claims.listeners().get(number.value());
            if (front != null && owner.isEmpty()) {
                throw new ProblemException(Fault.PORT_OF_GATEWAY.problem("port", number, "front", front));
            }
        }
    }

    /** The name is free, and not one that the gateway keeps for itself, as the names directly below the domain are. */
    void checkNewHostname(Hostname hostname) {
        boolean isDomain = claims.domain().equals(Optional.of(hostname))
                || (hostname.isWildcard() && hostname.findParent().equals(claims.domain()))
                || claims.domain().flatMap(Hostname::findWildcard).equals(Optional.of(hostname));
        if (isDomain || claims.names().contains(hostname)) {
            throw new ProblemException(Fault.HOSTNAME_OF_GATEWAY.problem("hostname", hostname));
        }
        if (isReserved(hostname)) {
            throw new InvalidValue("hostname", "the name \"" + hostname + "\" is reserved", "Choose another name.");
        }
        directory.findHostname(hostname).ifPresent(route -> {
            throw new ProblemException(Fault.HOSTNAME_TAKEN.problem("hostname", hostname, "owner", route.device()));
        });
    }

    /** {@code console.domain} and the like, and every label with an underscore (service records, ACME). */
    private boolean isReserved(Hostname hostname) {
        String name = hostname.value();
        int dot = name.indexOf('.');
        String first = dot < 0 ? name : name.substring(0, dot);
        boolean childOfDomain =
                claims.domain().isPresent() && hostname.findParent().equals(claims.domain());
        return name.indexOf('_') >= 0 || (childOfDomain && DeviceName.RESERVED.contains(first));
    }

    /** No hostname of the device leads to a port that it would no longer own. */
    void checkHostnamesKeepTheirPorts(List<Port> ports, List<OwnHostname> hostnames) {
        for (OwnHostname own : hostnames) {
            own.port().ifPresent(number -> {
                if (ports.stream().noneMatch(port -> port.number().equals(number))) {
                    throw new ProblemException(
                            Fault.HOSTNAME_USES_PORT.problem("hostname", own.hostname(), "port", number));
                }
            });
        }
    }

    /** The device owns the port that a hostname shall lead to. */
    static void checkOwned(Device device, PortNumber port) {
        if (device.findPort(port).isEmpty()) {
            throw new InvalidValue(
                    "port",
                    "port " + port + " does not belong to " + device.name(),
                    "Give it first (sallyport port add " + device.name() + " " + port + "), or name one of its ports.");
        }
    }

    /** The lowest port of the range that nobody has, no front listens on and no browser refuses. */
    PortNumber automaticPort(List<Port> alsoTaken) {
        Set<PortNumber> taken = new HashSet<>();
        alsoTaken.forEach(port -> taken.add(port.number()));
        for (int candidate = claims.firstPort(); candidate <= claims.lastPort(); candidate++) {
            PortNumber port = new PortNumber(candidate);
            if (!taken.contains(port)
                    && directory.findByPort(port).isEmpty()
                    && !claims.listeners().containsKey(candidate)
                    && !BrowserPorts.refused(candidate)) {
                return port;
            }
        }
        throw new ProblemException(Fault.NO_PORT_LEFT.problem("range", claims.range()));
    }
}
