package sallyport.gateway.directory;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator changes while the gateway runs. Every method returns only after the data plane uses the change and
 * nothing is alive any more that it forbids. Blocking; for control-plane threads.
 *
 * <p>All methods throw {@code ProblemException} for what the caller can mend (taken, not found, owned) and {@link
 * InvalidValue} for values that cannot be.
 */
public interface DirectoryEditor {
    Device addDevice(NewDevice device);

    Device changeDevice(DeviceName name, DeviceChanges changes);

    void removeDevice(DeviceName name);

    Device addKey(DeviceName name, DeviceKey key);

    Device removeKey(DeviceName name, KeyFingerprint key);

    /** Grants a port, or changes how a port of this device listens. */
    Device putPort(DeviceName name, Port port);

    /** Releases a port. */
    Device removePort(DeviceName name, PortNumber port);

    HostnameRoute addHostname(NewHostname hostname);

    HostnameRoute changeHostname(Hostname hostname, HostnameChanges changes);

    void removeHostname(Hostname hostname);

    /** TLS was seen on a device's port: plain HTTP is never used there again without an operator's word. */
    void rememberTls(DeviceName device, PortNumber port);

    /**
     * A device to be added. The automatic port is allotted by the store.
     *
     * @param ports granted ports in order: private ones ({@code --port}) and open ones ({@code --open-port})
     * @param hostnames own names besides {@code NAME.domain}
     */
    record NewDevice(
            DeviceName name,
            String title,
            List<String> tags,
            List<DeviceKey> keys,
            List<Cidr> keyFrom,
            List<Cidr> visitorFrom,
            List<Port> ports,
            List<Hostname> hostnames,
            TlsMode tls,
            DeviceTls deviceTls) {}

    /** What to change; empty leaves it, a list replaces the whole list. */
    record DeviceChanges(
            Optional<String> title,
            Optional<List<String>> tags,
            Optional<Boolean> enabled,
            Optional<List<DeviceKey>> keys,
            Optional<List<Cidr>> keyFrom,
            Optional<List<Cidr>> visitorFrom,
            Optional<List<Port>> privatePorts,
            Optional<List<Port>> openPorts,
            Optional<List<Hostname>> hostnames,
            Optional<TlsMode> tls,
            Optional<DeviceTls> deviceTls,
            Optional<Optional<LocalDate>> legacyUntil) {
        /** Changes nothing. */
        public static DeviceChanges none() {
            return new DeviceChanges(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        public DeviceChanges withEnabled(boolean value) {
            return new DeviceChanges(
                    title,
                    tags,
                    Optional.of(value),
                    keys,
                    keyFrom,
                    visitorFrom,
                    privatePorts,
                    openPorts,
                    hostnames,
                    tls,
                    deviceTls,
                    legacyUntil);
        }
    }

    /**
     * A hostname to be added.
     *
     * @param port empty: the device's main port
     */
    record NewHostname(
            Hostname hostname,
            DeviceName device,
            Optional<PortNumber> port,
            TlsMode tls,
            DeviceTls deviceTls,
            HostnameOptions options) {}

    /**
     * What to change; empty leaves it.
     *
     * @param options those that are named: key to text, without a text the option is reset
     */
    record HostnameChanges(
            Optional<DeviceName> device,
            Optional<PortNumber> port,
            Optional<TlsMode> tls,
            Optional<DeviceTls> deviceTls,
            Map<String, Optional<String>> options) {
        public HostnameChanges {
            options = Map.copyOf(options);
        }
    }
}
