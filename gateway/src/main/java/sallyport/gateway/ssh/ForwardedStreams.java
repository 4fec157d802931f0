package sallyport.gateway.ssh;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.WindowBudget;

/**
 * The streams of one session: {@code forwarded-tcpip} channels (RFC 4254 section 7.2) that the gateway opens towards the
 * device, one per visitor's connection.
 *
 * <p>{@link #open} and the figures may be called from any thread; all else runs on the session's loop. When the session ends,
 * its channels are closed by MINA and every stream is reset.
 */
final class ForwardedStreams {
    /** How long a device may take to confirm or refuse a channel. */
    static final Duration OPEN_DEADLINE = Duration.ofSeconds(10);

    /** Channels of one session, those included that the device did not confirm or did not close yet. */
    static final int MAX_STREAMS = 1024;

    private static final Logger log = LoggerFactory.getLogger(ForwardedStreams.class);

    private final Session session;
    private final EventLoop loop;
    private final Timers timers;
    private final WindowBudget.Share share;
    private final SendGate gate;
    private final Set<ForwardedChannel> channels = new HashSet<>();
    private volatile int streams;
    private volatile long bytesIn;
    private volatile long bytesOut;

    /** @param loop the session's loop, on which MINA hands over everything that comes in */
    ForwardedStreams(Session session, EventLoop loop, WindowBudget budget, Timers timers) {
        this.session = session;
        this.loop = loop;
        this.timers = timers;
        share = budget.share();
        gate = new SendGate(loop);
    }

    /**
     * Opens a stream.
     *
     * @param requestedAddress what the client asked to listen on, as it spelled it: OpenSSH matches the channel by it
     * @return completes on the request's loop; fails with {@link StreamRefused} within 10 s. Cancelling it closes the channel
     */
    Future<DuplexChannel> open(String requestedAddress, StreamRequest request) {
        Promise<DuplexChannel> promise = request.loop().newPromise();
        onLoop(() -> open(requestedAddress, request, promise));
        return promise;
    }

    private void open(String requestedAddress, StreamRequest request, Promise<DuplexChannel> promise) {
        if (channels.size() >= MAX_STREAMS || share.exhausted()) {
            promise.tryFailure(new StreamRefused(
                    StreamRefused.Reason.LIMIT, Fault.TOO_MANY_STREAMS.problem("limit", MAX_STREAMS)));
            return;
        }
        ForwardedChannel channel = new ForwardedChannel(this, requestedAddress, request, promise);
        try {
            session.getService(ConnectionService.class).registerChannel(channel);
            channels.add(channel);
            channel.sendOpen();
        } catch (IOException | RuntimeException e) {
            log.debug("no channel on {}: {}", session, e.toString());
            channel.close(true);
            promise.tryFailure(lost());
        }
    }

    /** The port went to another session: resets its streams here. On the session's loop. */
    void reset(PortNumber port) {
        List<ForwardedChannel> lost = new ArrayList<>(channels);
        lost.stream()
                .filter(channel -> channel.port().equals(port))
                .forEach(channel -> channel.cut("the port went to a newer session"));
    }

    /** Open streams. */
    int streams() {
        return streams;
    }

    /** Bytes from the device so far. */
    long bytesIn() {
        return bytesIn;
    }

    /** Bytes to the device so far. */
    long bytesOut() {
        return bytesOut;
    }

    // for the channels

    EventLoop loop() {
        return loop;
    }

    Timers timers() {
        return timers;
    }

    WindowBudget.Share share() {
        return share;
    }

    SendGate gate() {
        return gate;
    }

    // One writer, the session's loop: a volatile field is enough.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void countIn(int bytes) {
        bytesIn += bytes;
    }

    // One writer, the session's loop: a volatile field is enough.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void countOut(int bytes) {
        bytesOut += bytes;
    }

    // One writer, the session's loop: a volatile field is enough.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void opened() {
        streams++;
    }

    // One writer, the session's loop: a volatile field is enough.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void closed() {
        streams--;
    }

    /** Both sides are through with the channel, or it never began. Any thread. */
    void gone(ForwardedChannel channel) {
        onLoop(() -> channels.remove(channel));
    }

    /** Runs on the session's loop, now or soon. Where that loop is gone, so is the session. */
    void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                log.debug("the loop of {} is gone", session);
            }
        }
    }

    static StreamRefused lost() {
        return new StreamRefused(StreamRefused.Reason.LOST, Fault.DEVICE_OFFLINE.problem());
    }
}
