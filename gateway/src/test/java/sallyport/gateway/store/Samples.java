package sallyport.gateway.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.DirectoryEditor.NewDevice;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;

/** Values that the tests of this package share. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    static final InstantSource CLOCK = () -> NOON;
    static final Hostname DOMAIN = new Hostname("mm-remote.company.com");

    private Samples() {}

    static GatewayClaims claims() {
        return claims(20000, 29999);
    }

    static GatewayClaims claims(int firstPort, int lastPort) {
        return new GatewayClaims(
                Optional.of(DOMAIN),
                Set.of(new Hostname("console.company.com")),
                firstPort,
                lastPort,
                Map.of(443, "https.listen", 20003, "management.listen"));
    }

    static GatewayConfig.Database sqlite(Path folder) {
        return new GatewayConfig.Database(
                "jdbc:sqlite:" + folder.resolve("sallyport.db"), Optional.empty(), Optional.empty());
    }

    static DeviceName name(String name) {
        return new DeviceName(name);
    }

    static PortNumber number(int port) {
        return new PortNumber(port);
    }

    static DeviceKey key(String seed) {
        String blob = Base64.getEncoder().encodeToString(("key of " + seed).getBytes(StandardCharsets.UTF_8));
        return DeviceKey.of("ssh-ed25519", blob, seed);
    }

    /** A device with one key, named after it, and these private ports. */
    static NewDevice device(String name, int... privatePorts) {
        List<Port> ports = Arrays.stream(privatePorts)
                .mapToObj(port -> Port.privatePort(number(port)))
                .toList();
        return device(name, List.of(key(name)), ports, List.of());
    }

    static NewDevice device(String name, List<DeviceKey> keys, List<Port> ports, List<Hostname> hostnames) {
        return new NewDevice(
                name(name),
                "",
                List.of(),
                keys,
                List.of(),
                List.of(),
                ports,
                hostnames,
                TlsMode.TERMINATE,
                DeviceTls.AUTO);
    }
}
