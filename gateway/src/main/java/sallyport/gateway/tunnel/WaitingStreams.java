package sallyport.gateway.tunnel;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.PortDesk.Waiting;

/**
 * Streams between two tunnels. A stream that finds no tunnel although one ended a moment ago, or whose tunnel ends while it is
 * being opened, stands in line at its port's desk until the next grant or until its patience ends. Nothing has been sent to
 * the device by then, so a restart of its client costs a pause and no error.
 *
 * <p>Any thread may call it.
 */
final class WaitingStreams {
    /** How long after a tunnel's end new streams still wait for the next, and how long one waits. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    /** Streams that may wait for one port; more are refused at once. */
    static final int MAX_PER_PORT = 64;

    /** Streams that may wait in all; more are refused at once. */
    static final int MAX_IN_ALL = 2048;

    private final Timers timers;
    private final AtomicInteger inAll = new AtomicInteger();

    WaitingStreams(Timers timers) {
        this.timers = timers;
    }

    Future<DuplexChannel> open(PortDesk desk, DeviceName device, StreamRequest request) {
        Promise<DuplexChannel> promise = request.loop().newPromise();
        go(desk, new Waiting(device, request, promise, timers.nanoTime() + PATIENCE.toNanos()), null);
        return promise;
    }

    /** The port has a tunnel again. */
    void goOn(PortDesk desk, List<Waiting> streams, Tunnel tunnel) {
        for (Waiting stream : streams) {
            left(stream);
            if (stream.device.equals(tunnel.device())) {
                through(desk, tunnel, stream);
            } else {
                refuse(stream);
            }
        }
    }

    /** The port will have no tunnel. */
    void giveUp(List<Waiting> streams) {
        for (Waiting stream : streams) {
            left(stream);
            refuse(stream);
        }
    }

    private void through(PortDesk desk, Tunnel tunnel, Waiting stream) {
        if (stream.promise.isCancelled()) {
            return;
        }
        Future<DuplexChannel> opening = tunnel.open(stream.request);
        stream.promise.addListener(done -> {
            if (stream.promise.isCancelled()) {
                opening.cancel(false);
            }
        });
        opening.addListener((Future<DuplexChannel> opened) -> {
            if (opened.isSuccess()) {
                if (!stream.promise.trySuccess(opened.getNow())) {
                    opened.getNow().close();
                }
            } else if (opened.cause() instanceof StreamRefused refused
                    && refused.reason() == StreamRefused.Reason.LOST) {
                go(desk, stream, tunnel);
            } else {
                stream.promise.tryFailure(opened.cause());
            }
        });
    }

    /**
     * Sends a stream on its way: through the tunnel that is there, or into the line.
     *
     * @param lost the tunnel that ended under it, if one did
     */
    private void go(PortDesk desk, Waiting stream, @Nullable Tunnel lost) {
        for (; ; ) {
            Tunnel tunnel = desk.through(stream.device);
            if (tunnel != null && tunnel != lost) {
                through(desk, tunnel, stream);
                return;
            }
            switch (line(desk, stream, lost)) {
                case IN_LINE -> {
                    return;
                }
                case NONE -> {
                    refuse(stream);
                    return;
                }
                case NOT_NEEDED -> {
                    // A grant came in between: once more.
                }
            }
        }
    }

    private PortDesk.Place line(PortDesk desk, Waiting stream, @Nullable Tunnel lost) {
        long now = timers.nanoTime();
        if (stream.until - now <= 0) {
            return PortDesk.Place.NONE;
        }
        boolean room = inAll.incrementAndGet() <= MAX_IN_ALL;
        PortDesk.Place place = room ? desk.line(stream, lost, now) : PortDesk.Place.NONE;
        if (place == PortDesk.Place.IN_LINE) {
            stream.timeout = timers.schedule(stream.request.loop(), Duration.ofNanos(stream.until - now), () -> {
                if (desk.leave(stream)) {
                    inAll.decrementAndGet();
                    refuse(stream);
                }
            });
        } else {
            inAll.decrementAndGet();
        }
        return place;
    }

    private void left(Waiting stream) {
        inAll.decrementAndGet();
        Timers.Timeout timeout = stream.timeout;
        if (timeout != null) {
            timeout.cancel();
        }
    }

    private static void refuse(Waiting stream) {
        stream.promise.tryFailure(new StreamRefused(StreamRefused.Reason.OFFLINE, Fault.DEVICE_OFFLINE.problem()));
    }
}
