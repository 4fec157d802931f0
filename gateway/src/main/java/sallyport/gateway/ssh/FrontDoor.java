package sallyport.gateway.ssh;

import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.core.CoreModuleProperties;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.SshDoor;
import sallyport.gateway.tunnel.Tunnels;
import sallyport.gateway.tunnel.WindowBudget;

/**
 * Where devices come in. Puts MINA's server together from our own parts: the transport on Netty's loops, the publickey
 * method, and one {@link DeviceSession} for each login. The life of a session, in order:
 *
 * <ol>
 *   <li>{@link LoginAttempt}: a connection, until it logs in or ends; {@link PublickeyMethod} asks {@link Admission}
 *   <li>{@link DeviceSession}: from the login on, on the connection's loop; {@link DeviceConnection} reads for it
 *   <li>{@link GlobalRequests} and {@link Forwards}: what it asks for, and what the directory grants
 * </ol>
 *
 * <p>{@link #start} and {@link #close} block and belong to control-plane threads.
 */
public final class FrontDoor implements SshDoor, AutoCloseable {
    /** How long the last words to a client may take to leave. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    /** Attempts with a signature are bounded by {@link LoginAttempt}; this bounds everything else (RFC 4252 section 4). */
    private static final int MOST_AUTH_REQUESTS = 128;

    private final SshSettings settings;
    private final DoorContext door;
    private final NettyTransport transport;
    private final DeviceServer server = DeviceServer.create();

    /** @param urls under which URLs visitors reach a device, for the status page */
    public FrontDoor(
            SshSettings settings,
            DirectoryHolder directory,
            Tunnels tunnels,
            WindowBudget budget,
            Timers timers,
            GatewayEvents events,
            Function<Device, List<String>> urls) {
        this.settings = settings;
        this.door = new DoorContext(
                settings.user(),
                directory,
                tunnels,
                budget,
                timers,
                events,
                urls,
                new RefusedKeys(),
                new LiveSessions());
        SessionArrivals arrivals = new SessionArrivals(door);
        this.transport = new NettyTransport(settings.loops(), settings.doorstep(), timers, arrivals);
        assemble(arrivals);
    }

    private void assemble(SessionArrivals arrivals) {
        server.setIoServiceFactoryFactory(transport);
        server.setSessionFactory(new GatewaySessionFactory(server, arrivals, door.timers(), this::legacyAdmitted));
        server.setKeyPairProvider(settings.hostKeys());
        server.setUserAuthFactories(List.of(new PublickeyMethod.Factory(door)));
        server.setServiceFactories(arrivals.services());
        server.setChannelFactories(arrivals.channels());
        server.addSessionListener(arrivals);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, MOST_AUTH_REQUESTS);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO); // the transport has its own deadline
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO); // and a device is asked for signs of life
        CoreModuleProperties.DISCONNECT_TIMEOUT.set(server, LAST_WORDS);
    }

    /** Offered to every device, the best first. */
    public static List<String> keyExchanges() {
        return Algorithms.MODERN.keyExchanges().stream()
                .map(KeyExchangeFactory::getName)
                .toList();
    }

    /**
     * Listens.
     *
     * @return the real addresses, in the order of the settings
     * @throws sallyport.gateway.fault.ProblemException SP-604 when one of them cannot be opened; then none is
     */
    public List<InetSocketAddress> start() {
        List<InetSocketAddress> addresses = server.listen(settings.listen());
        door.directory().subscribe(this::directoryChanged);
        return addresses;
    }

    @Override
    public void enter(SocketChannel channel, InetSocketAddress peer) {
        server.enter(channel, peer);
    }

    /** Ends what the new directory no longer allows; completes when it has ended. */
    private CompletableFuture<Void> directoryChanged(Directory before, Directory now) {
        Set<DeviceName> changed = changedGrants(before, now);
        door.refusedKeys()
                .forgetAll(key -> now.findByKey(key)
                        .map(device -> changed.contains(device.name()))
                        .orElse(true));
        return CompletableFuture.allOf(door.sessions().all().stream()
                .map(session -> session.directoryChanged(now, changed.contains(session.device())))
                .toArray(CompletableFuture<?>[]::new));
    }

    private static Set<DeviceName> changedGrants(Directory before, Directory now) {
        Set<DeviceName> changed = new HashSet<>();
        for (Device device : now.devices()) {
            boolean same = before.findDevice(device.name())
                    .map(old -> old == device || old.ports().equals(device.ports()))
                    .orElse(false);
            if (!same) {
                changed.add(device.name());
            }
        }
        return changed;
    }

    /** What keys were told lately. */
    RefusedKeys refusedKeys() {
        return door.refusedKeys();
    }

    private boolean legacyAdmitted() {
        Instant now = door.timers().now();
        return door.directory().current().devices().stream().anyMatch(device -> Admission.legacy(device, now));
    }

    /** Stops listening and ends every session, telling each why. Blocks for at most 2 s. */
    @Override
    public void close() {
        Problem why = Fault.GATEWAY_STOPPING.problem();
        server.stopListening();
        CompletableFuture<?>[] ended = door.sessions().all().stream()
                .map(session -> {
                    session.close(why);
                    return session.ended().toCompletableFuture();
                })
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ended)
                .completeOnTimeout(null, LONGEST_STOP.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .join();
        server.close(true);
        transport.close();
    }
}
