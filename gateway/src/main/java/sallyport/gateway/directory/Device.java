package sallyport.gateway.directory;

import java.net.InetAddress;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A machine that dials in.
 *
 * @param name its name
 * @param title free text for people; may be empty
 * @param tags free words for filters and rules
 * @param enabled false: it may neither dial in nor be visited
 * @param keys the public keys that are this device
 * @param keyFrom where it may dial in from; empty means anywhere
 * @param visitorFrom which visitors may reach it; empty means all
 * @param ports the ports that it owns, in the order of their grant, the automatic one among them
 * @param automaticPort the port that was stored for it at its creation: the answer to a request for port 0
 * @param tls the TLS mode of {@code NAME.domain}
 * @param deviceTls whether it speaks TLS on the port behind {@code NAME.domain}
 * @param legacyUntil up to and including this day it may log in with SHA-1 signatures and old key exchanges
 * @param created when it was added
 */
public record Device(
        DeviceName name,
        String title,
        List<String> tags,
        boolean enabled,
        List<DeviceKey> keys,
        List<Cidr> keyFrom,
        List<Cidr> visitorFrom,
        List<Port> ports,
        PortNumber automaticPort,
        TlsMode tls,
        DeviceTls deviceTls,
        Optional<LocalDate> legacyUntil,
        Instant created) {
    public Device {
        tags = List.copyOf(tags);
        keys = List.copyOf(keys);
        keyFrom = List.copyOf(keyFrom);
        visitorFrom = List.copyOf(visitorFrom);
        ports = List.copyOf(ports);
    }

    /** True when its list of networks, if it has one, holds this visitor's address. */
    public boolean mayBeVisitedFrom(InetAddress visitor) {
        return visitorFrom.isEmpty() || visitorFrom.stream().anyMatch(network -> network.contains(visitor));
    }

    /** The device's port of this number, if it owns it. */
    public Optional<Port> findPort(PortNumber number) {
        return ports.stream().filter(port -> port.number().equals(number)).findFirst();
    }

    /**
     * The port that {@code NAME.domain} leads to: the first private port that an operator gave, else the first open one,
     * else the automatic port.
     */
    public PortNumber mainPort() {
        return ports.stream()
                .filter(port ->
                        !port.number().equals(automaticPort) && port.open().isEmpty())
                .findFirst()
                .or(() -> ports.stream()
                        .filter(port -> !port.number().equals(automaticPort))
                        .findFirst())
                .map(Port::number)
                .orElse(automaticPort);
    }
}
