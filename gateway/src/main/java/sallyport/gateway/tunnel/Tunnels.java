package sallyport.gateway.tunnel;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/**
 * Who holds which port right now. The newest grant owns a port at once; what the older session carried there is reset, its
 * other ports stay its own. When the owner ends, the port falls back to nobody: streams that come within 8 s wait for the next
 * grant ({@link WaitingStreams}). A key that two machines use is held to the first ({@link Conflicts}).
 *
 * <p>Any thread may call it; nothing blocks. Subscribe it to the directory: what that no longer grants is withdrawn.
 */
public final class Tunnels implements DirectoryHolder.Subscriber {
    /** Hears of every offer that begins, when its device has been told. Called on the tunnel's loop; must not block. */
    @FunctionalInterface
    public interface OfferListener {
        void offered(Offer offer);
    }

    private static final Listening NO_SOCKET = new Listening.Open(List.of(), List.of());

    private final Timers timers;
    private final GatewayEvents events;
    private final long started;
    private final ConcurrentMap<PortNumber, PortDesk> desks = new ConcurrentHashMap<>();
    private final Set<Tunnel> live = ConcurrentHashMap.newKeySet();
    private final List<OfferListener> listeners = new CopyOnWriteArrayList<>();
    private final Conflicts conflicts;
    private final WaitingStreams waiting;
    private volatile @Nullable OpenPorts openPorts;

    public Tunnels(Timers timers, GatewayEvents events) {
        this.timers = timers;
        this.events = events;
        // The gateway's own start counts as the end of every tunnel: devices had no time yet to come back.
        started = timers.nanoTime();
        conflicts = new Conflicts(timers, events, this::connected);
        waiting = new WaitingStreams(timers);
    }

    /** Says who opens sockets for open ports; once, before the first grant. */
    public void openPorts(OpenPorts opener) {
        openPorts = opener;
    }

    public void listen(OfferListener listener) {
        listeners.add(listener);
    }

    /** A device logged in; it may never ask for a forward. */
    public void started(Tunnel tunnel) {
        live.add(tunnel);
    }

    /**
     * A device asks for a port that the directory grants it. Call on the tunnel's loop, and tell the device at once when the
     * stage completes: streams go through the new tunnel from the loop's next task on.
     *
     * @return completes on the tunnel's loop: refused when this process may not bind the port or the key is in conflict
     */
    public CompletionStage<Listening> grant(Tunnel tunnel, Port port, String requestedAddress) {
        PortDesk desk = desk(port.number());
        Offer offer = new Offer(tunnel, port.number(), requestedAddress, timers.now(), NO_SOCKET);
        PortDesk.Step step = desk.grant(
                offer, port, owner -> conflicts.refusal(tunnel.device(), port.number(), owner, tunnel.peer()));
        return switch (step) {
            case PortDesk.Step.Refused refused ->
                CompletableFuture.completedFuture(new Listening.Refused(refused.why()));
            case PortDesk.Step.Granted granted -> {
                replaced(granted.before(), offer);
                yield openSockets(tunnel, port, requestedAddress)
                        .thenApply(listening -> granted(desk, offer, listening));
            }
        };
    }

    private void replaced(@Nullable Offer before, Offer now) {
        if (before != null && before.tunnel() != now.tunnel()) {
            events.happened(new GatewayEvent.TakenOver(
                    now.tunnel().device(),
                    now.port(),
                    before.tunnel().peer().address(),
                    now.tunnel().peer().address()));
            before.tunnel().portLost(now.port());
        }
    }

    private CompletionStage<Listening> openSockets(Tunnel tunnel, Port port, String requestedAddress) {
        OpenPorts opener = openPorts;
        return port.open().isEmpty() || opener == null
                ? CompletableFuture.completedFuture(NO_SOCKET)
                : opener.granted(tunnel, port, requestedAddress);
    }

    private Listening granted(PortDesk desk, Offer offer, Listening listening) {
        Tunnel tunnel = offer.tunnel();
        if (listening instanceof Listening.Refused) {
            desk.withdraw(tunnel);
            waiting.giveUp(desk.clear());
            return listening;
        }
        Offer complete = desk.listening(tunnel, listening);
        if (complete != null) {
            soon(tunnel, () -> {
                waiting.goOn(desk, desk.ready(tunnel), tunnel);
                listeners.forEach(listener -> listener.offered(complete));
            });
        }
        return listening;
    }

    private static void soon(Tunnel tunnel, Runnable task) {
        try {
            tunnel.loop().execute(task);
        } catch (RejectedExecutionException e) {
            // The loop is gone and the tunnel with it: the gateway stops.
            return;
        }
    }

    /** The device cancelled a forward: new streams are refused, existing ones go on (RFC 4254 section 7.1). */
    public void withdraw(Tunnel tunnel, Port port) {
        PortDesk desk = desk(port.number());
        if (desk.withdraw(tunnel)) {
            waiting.giveUp(desk.clear());
        }
        socketsWithdrawn(tunnel, port);
    }

    private void socketsWithdrawn(Tunnel tunnel, Port port) {
        OpenPorts opener = openPorts;
        if (opener != null && port.open().isPresent()) {
            opener.withdrawn(tunnel, port);
        }
    }

    /** The session ended; none of its ports falls back to an older session. */
    public void ended(Tunnel tunnel) {
        live.remove(tunnel);
        conflicts.ended(tunnel);
        long now = timers.nanoTime();
        for (PortDesk desk : desks.values()) {
            Port port = desk.ended(tunnel, now);
            if (port != null) {
                socketsWithdrawn(tunnel, port);
            }
        }
    }

    /** What became later of the sockets of a port that this tunnel offers. */
    public void listening(Tunnel tunnel, PortNumber port, Listening listening) {
        desk(port).listening(tunnel, listening);
    }

    /**
     * Opens a stream to a device's port, waiting up to 8 s for the next tunnel when the last one ended less than 8 s ago. The
     * same goes for a stream whose tunnel ends while it is being opened: nothing was sent yet.
     *
     * @return completes on the request's loop; fails with {@link StreamRefused}
     */
    public Future<DuplexChannel> open(DeviceName device, StreamRequest request) {
        return waiting.open(desk(request.port()), device, request);
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        for (Map.Entry<PortNumber, PortDesk> entry : desks.entrySet()) {
            PortDesk desk = entry.getValue();
            Optional<Device> granted = now.findByPort(entry.getKey()).filter(Device::enabled);
            desk.owner()
                    .map(Offer::tunnel)
                    .filter(tunnel -> granted.filter(device -> device.name().equals(tunnel.device()))
                            .isEmpty())
                    .ifPresent(desk::withdraw);
            if (granted.isEmpty()) {
                waiting.giveUp(desk.clear());
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private PortDesk desk(PortNumber port) {
        return desks.computeIfAbsent(port, number -> new PortDesk(started));
    }

    public Optional<Offer> find(PortNumber port) {
        return Optional.ofNullable(desks.get(port)).flatMap(PortDesk::owner);
    }

    public Collection<Offer> offers() {
        return desks.values().stream().flatMap(desk -> desk.owner().stream()).collect(Collectors.toUnmodifiableList());
    }

    /** All live tunnels, also those without a forward. */
    public Collection<Tunnel> tunnels() {
        return List.copyOf(live);
    }

    /** The live tunnels of one device, newest first. */
    public List<Tunnel> tunnels(DeviceName device) {
        return live.stream()
                .filter(tunnel -> tunnel.device().equals(device))
                .sorted((a, b) -> Long.compare(b.id(), a.id()))
                .collect(Collectors.toUnmodifiableList());
    }

    private boolean connected(DeviceName device, TunnelPeer machine) {
        return live.stream()
                .anyMatch(tunnel ->
                        tunnel.device().equals(device) && tunnel.peer().sameMachine(machine));
    }

    /** True while one key of the device is in use by two machines. */
    public boolean inConflict(DeviceName device) {
        return conflicts.active(device);
    }
}
