package sallyport.gateway.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.DirectoryEditor.DeviceChanges;
import sallyport.gateway.directory.DirectoryEditor.NewDevice;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/** The steps that each change of a device takes, or the refusal in words. Pure: from the rules of one version to steps. */
final class DevicePlan {
    private DevicePlan() {}

    static List<StoreChange> add(DirectoryRules rules, NewDevice device, Instant now) {
        DeviceName name = device.name();
        rules.checkNewName(name);
        rules.checkKeys(name, GivenText.keys(device.keys()));
        rules.checkPorts(name, GivenText.ports(device.ports()));
        PortNumber automatic = rules.automaticPort(device.ports());
        List<Port> ports = new ArrayList<>(device.ports());
        ports.add(Port.privatePort(automatic));
        List<StoreChange> steps = new ArrayList<>();
        steps.add(new StoreChange.PutDevice(new Device(
                name,
                GivenText.title(device.title()),
                GivenText.tags(device.tags()),
                true,
                device.keys(),
                GivenText.networks("key-from", device.keyFrom()),
                GivenText.networks("from", device.visitorFrom()),
                ports,
                automatic,
                device.tls(),
                device.deviceTls(),
                Optional.empty(),
                now.truncatedTo(ChronoUnit.MILLIS))));
        GivenText.hostnames(device.hostnames()).stream()
                .distinct()
                .filter(hostname -> !rules.isAutomatic(hostname, name))
                .forEach(hostname -> steps.add(newHostname(rules, hostname, name, device.tls(), device.deviceTls())));
        return steps;
    }

    static List<StoreChange> change(DirectoryRules rules, DeviceName name, DeviceChanges changes) {
        Device before = rules.requireDevice(name);
        List<DeviceKey> keys = GivenText.keys(changes.keys().orElse(before.keys()));
        rules.checkKeys(name, keys);
        List<Port> ports = GivenText.ports(portsAfter(before, changes));
        rules.checkPorts(name, ports);
        Device after = new Device(
                name,
                GivenText.title(changes.title().orElse(before.title())),
                GivenText.tags(changes.tags().orElse(before.tags())),
                changes.enabled().orElse(before.enabled()),
                keys,
                GivenText.networks("key-from", changes.keyFrom().orElse(before.keyFrom())),
                GivenText.networks("from", changes.visitorFrom().orElse(before.visitorFrom())),
                ports,
                before.automaticPort(),
                changes.tls().orElse(before.tls()),
                changes.deviceTls().orElse(before.deviceTls()),
                changes.legacyUntil().orElse(before.legacyUntil()),
                before.created());
        List<OwnHostname> hostnames = rules.hostnamesOf(name);
        List<StoreChange> steps = new ArrayList<>();
        if (changes.hostnames().isPresent()) {
            List<Hostname> wanted = GivenText.hostnames(changes.hostnames().get()).stream()
                    .distinct()
                    .filter(hostname -> !rules.isAutomatic(hostname, name))
                    .toList();
            steps.addAll(replaceHostnames(rules, after, hostnames, wanted));
            hostnames = hostnames.stream()
                    .filter(own -> wanted.contains(own.hostname()))
                    .toList();
        }
        rules.checkHostnamesKeepTheirPorts(ports, hostnames);
        if (!after.equals(before)) {
            steps.addFirst(new StoreChange.PutDevice(after));
        }
        return steps;
    }

    private static List<StoreChange> replaceHostnames(
            DirectoryRules rules, Device device, List<OwnHostname> existing, List<Hostname> wanted) {
        List<StoreChange> steps = new ArrayList<>();
        List<Hostname> kept = new ArrayList<>();
        for (OwnHostname own : existing) {
            if (wanted.contains(own.hostname())) {
                kept.add(own.hostname());
            } else {
                steps.add(new StoreChange.RemoveHostname(own.hostname()));
            }
        }
        wanted.stream()
                .filter(hostname -> !kept.contains(hostname))
                .forEach(hostname ->
                        steps.add(newHostname(rules, hostname, device.name(), device.tls(), device.deviceTls())));
        return steps;
    }

    /** A list replaces the ports of its kind; the automatic port stays, and TLS that was seen stays seen. */
    private static List<Port> portsAfter(Device before, DeviceChanges changes) {
        List<Port> ports = new ArrayList<>();
        ports.addAll(changes.privatePorts()
                .orElseGet(() ->
                        granted(before).filter(port -> port.open().isEmpty()).toList()));
        ports.addAll(changes.openPorts()
                .orElseGet(() -> before.ports().stream()
                        .filter(port -> port.open().isPresent())
                        .toList()));
        if (ports.stream().noneMatch(port -> port.number().equals(before.automaticPort()))) {
            ports.add(Port.privatePort(before.automaticPort()));
        }
        return ports.stream().map(port -> rememberingTls(before, port)).toList();
    }

    private static Stream<Port> granted(Device device) {
        return device.ports().stream().filter(port -> !port.number().equals(device.automaticPort()));
    }

    private static Port rememberingTls(Device before, Port port) {
        boolean seen = port.tlsSeen()
                || before.findPort(port.number()).map(Port::tlsSeen).orElse(false);
        return new Port(port.number(), port.open(), seen);
    }

    static List<StoreChange> remove(DirectoryRules rules, DeviceName name) {
        rules.requireDevice(name);
        return List.of(new StoreChange.RemoveDevice(name));
    }

    static List<StoreChange> addKey(DirectoryRules rules, DeviceName name, DeviceKey key) {
        Device before = rules.requireDevice(name);
        if (before.keys().stream().anyMatch(own -> own.fingerprint().equals(key.fingerprint()))) {
            throw new ProblemException(Fault.KEY_OWNED.problem("key", key.fingerprint(), "owner", name));
        }
        List<DeviceKey> keys = new ArrayList<>(before.keys());
        keys.add(key);
        rules.checkKeys(name, GivenText.keys(keys));
        return List.of(new StoreChange.PutDevice(withKeys(before, keys)));
    }

    static List<StoreChange> removeKey(DirectoryRules rules, DeviceName name, KeyFingerprint key) {
        Device before = rules.requireDevice(name);
        List<DeviceKey> keys = before.keys().stream()
                .filter(own -> !own.fingerprint().equals(key))
                .toList();
        if (keys.size() == before.keys().size()) {
            throw new ProblemException(new Problem(
                    Fault.NOT_FOUND,
                    "Device " + name + " has no key " + key + ".",
                    "`sallyport device show " + name + "` lists its keys."));
        }
        return List.of(new StoreChange.PutDevice(withKeys(before, keys)));
    }

    static List<StoreChange> putPort(DirectoryRules rules, DeviceName name, Port port) {
        Device before = rules.requireDevice(name);
        List<Port> ports = new ArrayList<>();
        boolean replaced = false;
        for (Port own : before.ports()) {
            boolean same = own.number().equals(port.number());
            replaced |= same;
            ports.add(same ? rememberingTls(before, port) : own);
        }
        if (!replaced) {
            ports.add(port);
        }
        rules.checkPorts(name, GivenText.ports(ports));
        Device after = withPorts(before, ports);
        return after.equals(before) ? List.of() : List.of(new StoreChange.PutDevice(after));
    }

    static List<StoreChange> removePort(DirectoryRules rules, DeviceName name, PortNumber port) {
        Device before = rules.requireDevice(name);
        if (before.findPort(port).isEmpty()) {
            throw new ProblemException(new Problem(
                    Fault.NOT_FOUND,
                    "Device " + name + " has no port " + port + ".",
                    "`sallyport device show " + name + "` lists its ports."));
        }
        if (port.equals(before.automaticPort())) {
            throw new ProblemException(Fault.LAST_PORT.problem("port", port, "device", name));
        }
        List<Port> ports = before.ports().stream()
                .filter(own -> !own.number().equals(port))
                .toList();
        rules.checkHostnamesKeepTheirPorts(ports, rules.hostnamesOf(name));
        return List.of(new StoreChange.PutDevice(withPorts(before, ports)));
    }

    static List<StoreChange> rememberTls(DirectoryRules rules, DeviceName name, PortNumber number) {
        Device before = rules.requireDevice(name);
        List<Port> ports = before.ports().stream()
                .map(port -> port.number().equals(number) ? new Port(number, port.open(), true) : port)
                .toList();
        Device after = withPorts(before, ports);
        return after.equals(before) ? List.of() : List.of(new StoreChange.PutDevice(after));
    }

    private static StoreChange newHostname(
            DirectoryRules rules, Hostname hostname, DeviceName device, TlsMode tls, DeviceTls deviceTls) {
        rules.checkNewHostname(hostname);
        return new StoreChange.PutHostname(
                new OwnHostname(hostname, device, Optional.empty(), tls, deviceTls, HostnameOptions.DEFAULTS));
    }

    private static Device withKeys(Device device, List<DeviceKey> keys) {
        return copy(device, keys, device.ports(), device.tls(), device.deviceTls());
    }

    private static Device withPorts(Device device, List<Port> ports) {
        return copy(device, device.keys(), ports, device.tls(), device.deviceTls());
    }

    static Device withTls(Device device, TlsMode tls, DeviceTls deviceTls) {
        return copy(device, device.keys(), device.ports(), tls, deviceTls);
    }

    private static Device copy(
            Device device, List<DeviceKey> keys, List<Port> ports, TlsMode tls, DeviceTls deviceTls) {
        return new Device(
                device.name(),
                device.title(),
                device.tags(),
                device.enabled(),
                keys,
                device.keyFrom(),
                device.visitorFrom(),
                ports,
                device.automaticPort(),
                tls,
                deviceTls,
                device.legacyUntil(),
                device.created());
    }
}
