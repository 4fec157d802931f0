package sallyport.gateway.tunnel;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Port;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * One port: who offers it, since when nobody does, and which streams wait for the next offer.
 *
 * <p>Every method takes a step whole, under the desk's lock, which is held for a moment and never while anything is called that
 * could block; what follows from a step (resets, events, opening) is the caller's, outside of it. So grants, ends and
 * withdrawals of one port from different loops happen one after the other, and each sees the one before.
 */
final class PortDesk {
    /** A stream that waits. */
    static final class Waiting {
        final DeviceName device;
        final StreamRequest request;
        final Promise<DuplexChannel> promise;
        final long until;
        Timers.@Nullable Timeout timeout;

        /** @param until when it gives up, in {@link Timers#nanoTime} */
        Waiting(DeviceName device, StreamRequest request, Promise<DuplexChannel> promise, long until) {
            this.device = device;
            this.request = request;
            this.promise = promise;
            this.until = until;
        }
    }

    /** What became of a grant: refused, or granted with the offer that it replaced. */
    sealed interface Step {
        record Granted(@Nullable Offer before) implements Step {}

        record Refused(Problem why) implements Step {}
    }

    /** Where a stream stands. */
    enum Place {
        IN_LINE,
        /** A tunnel is there. */
        NOT_NEEDED,
        /** No tunnel is to be expected, or the line is full. */
        NONE
    }

    private @Nullable Offer owner;
    private @Nullable Port port;
    private boolean ready;
    private @Nullable Long endedAt;
    private final List<Waiting> waiting = new ArrayList<>();

    /** @param endedAt when the last tunnel ended, or what counts as such; in {@link Timers#nanoTime} */
    PortDesk(long endedAt) {
        this.endedAt = endedAt;
    }

    /** A tunnel asks. The offer is not ready: its device has not been told yet. */
    synchronized Step grant(Offer offer, Port granted, Function<@Nullable TunnelPeer, Optional<Problem>> refusal) {
        Offer before = owner;
        Optional<Problem> why =
                refusal.apply(before == null ? null : before.tunnel().peer());
        if (why.isPresent()) {
            return new Step.Refused(why.get());
        }
        owner = offer;
        port = granted;
        ready = false;
        return new Step.Granted(before);
    }

    /** What became of a tunnel's sockets. @return the complete offer, unless another has the port by now */
    synchronized @Nullable Offer listening(Tunnel tunnel, OpenPorts.Listening listening) {
        Offer offer = owner;
        if (offer == null || offer.tunnel() != tunnel) {
            return null;
        }
        Offer complete = new Offer(offer.tunnel(), offer.port(), offer.requestedAddress(), offer.since(), listening);
        owner = complete;
        return complete;
    }

    /** Its device has been told: streams may go through it. @return those that waited */
    synchronized List<Waiting> ready(Tunnel tunnel) {
        Offer offer = owner;
        if (offer == null || offer.tunnel() != tunnel) {
            return List.of();
        }
        ready = true;
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** The tunnel ended: streams wait for the next. @return the port when it was the owner */
    synchronized @Nullable Port ended(Tunnel tunnel, long now) {
        if (!withdraw(tunnel)) {
            return null;
        }
        endedAt = now;
        return port;
    }

    /** The tunnel offers the port no longer, and nobody waits for another. @return true when it was the owner */
    synchronized boolean withdraw(Tunnel tunnel) {
        Offer offer = owner;
        if (offer == null || offer.tunnel() != tunnel) {
            return false;
        }
        owner = null;
        ready = false;
        endedAt = null;
        return true;
    }

    synchronized Optional<Offer> owner() {
        return Optional.ofNullable(owner);
    }

    /** The tunnel through which a stream of this device can go now. */
    synchronized @Nullable Tunnel through(DeviceName device) {
        Offer offer = owner;
        return offer != null && ready && offer.tunnel().device().equals(device) ? offer.tunnel() : null;
    }

    /**
     * Puts a stream in line, unless a tunnel is there by now.
     *
     * @param lost the tunnel that ended under the stream, if one did; its end may not have been told here yet
     */
    synchronized Place line(Waiting stream, @Nullable Tunnel lost, long now) {
        Offer offer = owner;
        if (offer != null && !offer.tunnel().device().equals(stream.device)) {
            return Place.NONE;
        }
        if (offer != null && ready && offer.tunnel() != lost) {
            return Place.NOT_NEEDED;
        }
        Long ended = endedAt;
        boolean recent = offer != null || (ended != null && now - ended < WaitingStreams.PATIENCE.toNanos());
        if (!recent || waiting.size() >= WaitingStreams.MAX_PER_PORT) {
            return Place.NONE;
        }
        waiting.add(stream);
        return Place.IN_LINE;
    }

    /** @return true when it was still in line */
    synchronized boolean leave(Waiting stream) {
        return waiting.remove(stream);
    }

    /** Nobody may have the port: all that wait for it. */
    synchronized List<Waiting> clear() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
