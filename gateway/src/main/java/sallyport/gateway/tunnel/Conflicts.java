package sallyport.gateway.tunnel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * Tells one device that reconnects from two machines that share a key, such as units flashed from one image, which would
 * otherwise take each other's ports for ever.
 *
 * <p>The newest grant wins, until a port was taken over more than {@link #TAKEOVERS} times within {@link #WINDOW} by another
 * machine than the one that held it. Then the key is in conflict: the machine that held the port first may go on, any other is
 * refused. The conflict is over when no other machine asked for {@link #WINDOW}, or when the first machine has had no session
 * for {@link #FIRST_GONE}. A machine that takes over from itself is never counted.
 *
 * <p>Any thread may call it; it holds a lock per device for a moment.
 */
final class Conflicts {
    /** So many takeovers between machines are still taken for a device that changes its network. */
    static final int TAKEOVERS = 3;

    static final Duration WINDOW = Duration.ofMinutes(5);
    static final Duration FIRST_GONE = Duration.ofMinutes(2);

    private final Timers timers;
    private final GatewayEvents events;
    private final BiPredicate<DeviceName, TunnelPeer> connected;
    private final ConcurrentMap<DeviceName, History> histories = new ConcurrentHashMap<>();

    /** @param connected whether a device has a live session from this machine */
    Conflicts(Timers timers, GatewayEvents events, BiPredicate<DeviceName, TunnelPeer> connected) {
        this.timers = timers;
        this.events = events;
        this.connected = connected;
    }

    /**
     * A machine asks for a port.
     *
     * @param owner who holds the port now, if anyone
     * @return why it may not have it
     */
    Optional<Problem> refusal(DeviceName device, PortNumber port, @Nullable TunnelPeer owner, TunnelPeer asking) {
        boolean takeover = owner != null && !owner.sameMachine(asking);
        History history =
                takeover ? histories.computeIfAbsent(device, name -> new History(name)) : histories.get(device);
        return history == null ? Optional.empty() : history.refusal(port, takeover ? owner : null, asking);
    }

    boolean active(DeviceName device) {
        History history = histories.get(device);
        return history != null && history.active();
    }

    /** A session ended. */
    void ended(Tunnel tunnel) {
        History history = histories.get(tunnel.device());
        if (history != null) {
            history.ended(tunnel.peer());
        }
    }

    /** One device's takeovers. */
    private final class History {
        private final DeviceName device;
        private final Map<PortNumber, ArrayDeque<Long>> takeovers = new HashMap<>();
        private @Nullable TunnelPeer first;
        private @Nullable TunnelPeer second;
        private boolean active;
        private long lastAttempt;
        private long firstSeen;

        History(DeviceName device) {
            this.device = device;
        }

        synchronized boolean active() {
            return active;
        }

        synchronized Optional<Problem> refusal(PortNumber port, @Nullable TunnelPeer owner, TunnelPeer asking) {
            endWhenOver();
            if (!active && owner != null) {
                count(port, owner, asking);
            }
            TunnelPeer holder = first;
            if (!active || holder == null || holder.sameMachine(asking)) {
                return Optional.empty();
            }
            lastAttempt = timers.nanoTime();
            return Optional.of(Fault.KEY_IN_CONFLICT.problem(
                    "device", device, "first", address(holder), "second", address(asking)));
        }

        private void count(PortNumber port, TunnelPeer owner, TunnelPeer asking) {
            long now = timers.nanoTime();
            takeovers.values().forEach(times -> times.removeIf(time -> now - time > WINDOW.toNanos()));
            takeovers.values().removeIf(ArrayDeque::isEmpty);
            if (takeovers.isEmpty()) {
                first = owner;
                second = asking;
            }
            ArrayDeque<Long> times = takeovers.computeIfAbsent(port, number -> new ArrayDeque<>());
            times.add(now);
            if (times.size() > TAKEOVERS) {
                active = true;
                lastAttempt = now;
                firstSeen = now;
                tell(true);
                timers.schedule(Runnable::run, FIRST_GONE, this::check);
            }
        }

        private synchronized void check() {
            endWhenOver();
            if (active) {
                timers.schedule(Runnable::run, FIRST_GONE, this::check);
            }
        }

        private void endWhenOver() {
            TunnelPeer holder = first;
            if (!active || holder == null) {
                return;
            }
            long now = timers.nanoTime();
            if (connected.test(device, holder)) {
                firstSeen = now;
            }
            if (now - lastAttempt > WINDOW.toNanos() || now - firstSeen > FIRST_GONE.toNanos()) {
                active = false;
                takeovers.clear();
                tell(false);
                first = null;
                second = null;
            }
        }

        private synchronized void ended(TunnelPeer peer) {
            TunnelPeer holder = first;
            if (holder != null && holder.sameMachine(peer)) {
                firstSeen = timers.nanoTime();
            }
        }

        private void tell(boolean begun) {
            TunnelPeer one = first;
            TunnelPeer other = second;
            if (one != null && other != null) {
                events.happened(new GatewayEvent.ConflictChanged(device, begun, one.address(), other.address()));
            }
        }

        private String address(TunnelPeer peer) {
            return peer.address().getAddress().getHostAddress();
        }
    }
}
