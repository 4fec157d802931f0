package sallyport.gateway.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Doorstep;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.Tunnels;
import sallyport.gateway.tunnel.WindowBudget;

/** A front door on loopback with a directory made by hand, and everything that happened behind it. */
final class DoorFixture implements AutoCloseable {
    static final int AUTOMATIC = 20_001;

    final List<GatewayEvent> events = new CopyOnWriteArrayList<>();
    final Timers timers;
    final EventLoops loops;
    final DirectoryHolder directory = new DirectoryHolder(Directory.empty());
    final Tunnels tunnels;
    final FrontDoor door;
    final int port;
    private static final HostKeys HOST_KEYS = hostKeys();
    private final Path folder;

    private static HostKeys hostKeys() {
        try {
            return HostKeys.open(Files.createTempDirectory("sallyport"), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    DoorFixture(Path folder) throws Exception {
        this(folder, Optional.empty());
    }

    DoorFixture(Path folder, Optional<String> user) throws Exception {
        this(folder, user, new SystemTimers(), 1);
    }

    /** One whose time the test turns, or one with several loops. */
    DoorFixture(Path folder, Timers timers, int loopCount) throws Exception {
        this(folder, Optional.empty(), timers, loopCount);
    }

    private DoorFixture(Path folder, Optional<String> user, Timers timers, int loopCount) throws Exception {
        this.folder = folder;
        this.timers = timers;
        loops = new EventLoops(loopCount);
        tunnels = new Tunnels(timers, events::add);
        SshSettings settings = new SshSettings(
                List.of(new ListenAddress("127.0.0.1", 0, "")), user, HOST_KEYS, Doorstep.PLAIN, loops.group());
        door = new FrontDoor(
                settings,
                directory,
                tunnels,
                new WindowBudget(8 << 20),
                timers,
                events::add,
                device -> List.of("https://" + device.name() + ".example.com/"));
        port = door.start().getFirst().getPort();
    }

    /** An enabled device with an automatic port and these private ports. */
    static Device device(String name, int automatic, DeviceKey key, int... ports) {
        List<Port> all = new ArrayList<>();
        all.add(Port.privatePort(new PortNumber(automatic)));
        Arrays.stream(ports).forEach(port -> all.add(Port.privatePort(new PortNumber(port))));
        return device(name, automatic, List.of(key), true, List.of(), all);
    }

    static Device device(
            String name, int automatic, List<DeviceKey> keys, boolean enabled, List<Cidr> keyFrom, List<Port> ports) {
        return new Device(
                new DeviceName(name),
                "",
                List.of(),
                enabled,
                keys,
                keyFrom,
                List.of(),
                ports,
                new PortNumber(automatic),
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
    }

    void publish(Device... devices) throws Exception {
        Directory now = new Directory(directory.current().version() + 1, List.of(devices), List.of());
        directory.publish(now).get(5, TimeUnit.SECONDS);
    }

    /** OpenSSH with its defaults and one key. */
    Program ssh(ClientKey key, String... options) throws IOException {
        return Program.start(Stream.of(
                        Stream.of(
                                "ssh",
                                "-F",
                                "none",
                                "-i",
                                key.file().toString(),
                                "-o",
                                "IdentitiesOnly=yes",
                                "-o",
                                "BatchMode=yes",
                                "-o",
                                "StrictHostKeyChecking=no",
                                "-o",
                                "UserKnownHostsFile=" + folder.resolve("known_hosts"),
                                "-p",
                                Integer.toString(port)),
                        Arrays.stream(options))
                .flatMap(part -> part)
                .toList());
    }

    <E extends GatewayEvent> E await(Class<E> type) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> find(type), Optional::isPresent)
                .orElseThrow();
    }

    <E extends GatewayEvent> Optional<E> find(Class<E> type) {
        return all(type).stream().findFirst();
    }

    <E extends GatewayEvent> List<E> all(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Waits until some session holds the port. */
    void awaitOffer(int number) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> tunnels.find(new PortNumber(number)).isPresent());
    }

    @Override
    public void close() {
        door.close();
        loops.close();
        if (timers instanceof SystemTimers threads) {
            threads.close();
        }
    }
}
