package sallyport.gateway.edge;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Port.OpenSocket;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.OpenPorts;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Option 1: the sockets of open ports. A port listens from the first grant on, keeps listening for 30 s after its tunnel ended
 * (early connections wait for the next one), and no longer than the directory allows. Who may connect is asked for each
 * connection, before a byte is read or written, and again whenever the directory changes.
 *
 * <p>Any thread may call it. Each port's state belongs to one loop, that of the first tunnel which offered it; accepted
 * sockets join the loop of the tunnel that offers it now, so that on the way to the device no thread is changed.
 */
public final class OpenPortListeners implements OpenPorts, DirectoryHolder.Subscriber, AutoCloseable {
    /** How long a port keeps listening without a tunnel. */
    static final Duration KEPT = Duration.ofSeconds(30);

    /** Connections of one port at a time. */
    static final int MAX_CONNECTIONS = 1024;

    private final Tunnels tunnels;
    private final DirectoryHolder directory;
    private final Timers timers;
    private final GatewayEvents events;
    private final int maxConnections;
    private final ConcurrentMap<Integer, Place> places = new ConcurrentHashMap<>();

    public OpenPortListeners(Tunnels tunnels, DirectoryHolder directory, Timers timers, GatewayEvents events) {
        this(tunnels, directory, timers, events, MAX_CONNECTIONS);
    }

    OpenPortListeners(
            Tunnels tunnels, DirectoryHolder directory, Timers timers, GatewayEvents events, int maxConnections) {
        this.tunnels = tunnels;
        this.directory = directory;
        this.timers = timers;
        this.events = events;
        this.maxConnections = maxConnections;
    }

    @Override
    public CompletionStage<Listening> granted(Tunnel tunnel, Port port, String requestedAddress) {
        Place place = places.computeIfAbsent(port.number().value(), number -> new Place(port, tunnel.loop()));
        CompletableFuture<Listening> answer = new CompletableFuture<>();
        place.run(() -> place.granted(tunnel, port, requestedAddress)
                .thenAccept(listening -> onLoop(tunnel.loop(), () -> answer.complete(listening))));
        return answer;
    }

    @Override
    public void withdrawn(Tunnel tunnel, Port port) {
        Place place = places.get(port.number().value());
        if (place != null) {
            place.run(() -> place.withdrawn(tunnel));
        }
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        return CompletableFuture.allOf(
                places.values().stream().map(place -> place.apply(now)).toArray(CompletableFuture<?>[]::new));
    }

    /** Stops listening; connections go on until their tunnels end. */
    @Override
    public void close() {
        places.values().forEach(place -> place.run(place::close));
    }

    private static void onLoop(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The loop is gone, and the sockets with it: the gateway stops.
            return;
        }
    }

    /** One port. Confined to its loop, but for the connections, which any thread may look through. */
    private final class Place {
        private final EventLoop loop;
        private final OpenPortListener listener;
        private final Set<OpenPortVisitor> visitors = ConcurrentHashMap.newKeySet();
        private Port port;
        private String requestedAddress = "";
        private @Nullable DeviceName device;
        private @Nullable Tunnel owner;
        private Timers.@Nullable Timeout leaving;

        Place(Port port, EventLoop loop) {
            this.port = port;
            this.loop = loop;
            listener = new OpenPortListener(port.number(), loop, timers, this::accepted, this::changed);
        }

        void run(Runnable task) {
            onLoop(loop, task);
        }

        CompletionStage<Listening> granted(Tunnel tunnel, Port granted, String address) {
            stay();
            owner = tunnel;
            device = tunnel.device();
            port = granted;
            requestedAddress = address;
            return listen();
        }

        private CompletionStage<Listening> listen() {
            OpenSocket open = port.open().orElse(null);
            List<String> addresses = open == null ? List.of() : BindAddresses.of(open, requestedAddress);
            if (addresses.isEmpty()) {
                listener.close();
                return CompletableFuture.completedFuture(new Listening.Refused(addressNotGranted(open)));
            }
            return listener.listen(addresses);
        }

        private Problem addressNotGranted(@Nullable OpenSocket open) {
            return Fault.ADDRESS_NOT_GRANTED.problem(
                    "port",
                    port.number(),
                    "device",
                    String.valueOf(device),
                    "address",
                    requestedAddress,
                    "granted",
                    open == null ? "no address" : String.join(", ", open.bind()));
        }

        private void changed(Listening listening) {
            Tunnel tunnel = owner;
            if (tunnel != null) {
                tunnels.listening(tunnel, port.number(), listening);
            }
        }

        void withdrawn(Tunnel tunnel) {
            if (owner == tunnel) {
                owner = null;
                stay();
                leaving = timers.schedule(loop, KEPT, this::close);
            }
        }

        private void stay() {
            Timers.Timeout timeout = leaving;
            if (timeout != null) {
                timeout.cancel();
                leaving = null;
            }
        }

        void close() {
            stay();
            listener.close();
        }

        // connections

        private void accepted(SocketChannel socket) {
            Optional<Device> found = directory.current().findByPort(port.number());
            Optional<Problem> why = refusal(found, socket.remoteAddress().getAddress());
            if (found.isEmpty() || why.isPresent()) {
                why.ifPresent(problem -> events.happened(new GatewayEvent.VisitorRefused(
                        "port " + port.number(), socket.remoteAddress(), Optional.empty(), problem)));
                socket.unsafe().closeForcibly();
                return;
            }
            OpenPortVisitor visitor = new OpenPortVisitor(socket, found.get().name(), port.number(), timers, events);
            visitors.add(visitor);
            socket.closeFuture().addListener(closed -> visitors.remove(visitor));
            Tunnel tunnel = owner;
            visitor.start(tunnel == null ? loop : tunnel.loop(), tunnels);
        }

        private Optional<Problem> refusal(Optional<Device> found, InetAddress visitor) {
            if (found.isEmpty()
                    || !found.get().name().equals(device)
                    || !found.get().mayBeVisitedFrom(visitor)) {
                return Optional.of(Fault.VISITOR_FORBIDDEN.problem());
            }
            if (!found.get().enabled()) {
                return Optional.of(
                        Fault.DEVICE_DISABLED.problem("device", found.get().name()));
            }
            return visitors.size() >= maxConnections
                    ? Optional.of(Fault.TOO_MANY_STREAMS.problem("limit", maxConnections))
                    : Optional.empty();
        }

        // the directory

        CompletableFuture<?> apply(Directory now) {
            CompletableFuture<?> applied = new CompletableFuture<>();
            onLoop(loop, () -> applyNow(now).thenRun(() -> applied.complete(null)));
            return loop.isShuttingDown() ? CompletableFuture.completedFuture(null) : applied;
        }

        private CompletableFuture<?> applyNow(Directory now) {
            Optional<Device> owning = now.findByPort(port.number())
                    .filter(each -> each.enabled() && each.name().equals(device));
            Optional<Port> granted = owning.flatMap(each -> each.findPort(port.number()))
                    .filter(each -> each.open().isPresent());
            if (granted.isEmpty() || (owner == null && !granted.get().open().equals(port.open()))) {
                close();
            } else if (!granted.get().open().equals(port.open())) {
                port = granted.get();
                listen().thenAccept(this::changed);
            }
            return CompletableFuture.allOf(visitors.stream()
                    .filter(visitor -> granted.isEmpty()
                            || !owning.orElseThrow()
                                    .mayBeVisitedFrom(visitor.address().getAddress()))
                    .map(Place::ended)
                    .toArray(CompletableFuture<?>[]::new));
        }

        private static CompletableFuture<?> ended(OpenPortVisitor visitor) {
            CompletableFuture<?> ended = new CompletableFuture<>();
            visitor.channel().closeFuture().addListener(closed -> ended.complete(null));
            visitor.end();
            return ended;
        }
    }
}
