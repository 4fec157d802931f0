package sallyport.gateway.ssh;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.TunnelFigures;
import sallyport.gateway.tunnel.TunnelPeer;

/**
 * One session of a device, from its login to its end: what it holds ({@link Forwards}), whether it lives
 * ({@link Keepalive}), what it is told when it holds nothing ({@link RefusalWatch}), and the pages that people look at.
 *
 * <p>Everything runs on the session's loop, except where a method says otherwise. Any thread may ask what a {@link Tunnel}
 * can be asked.
 */
final class DeviceSession implements Tunnel, GlobalRequests.Desk, Keepalive.Watched {
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final DoorContext door;
    private final SessionWire wire;
    private final DeviceName device;
    private final DeviceKey key;
    private final TunnelPeer peer;
    private final long started;
    private final Forwards forwards;
    private final RefusalWatch refusals;
    private final GlobalRequests requests;
    private final Keepalive keepalive;
    private final Set<StatusChannel> pages = new LinkedHashSet<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable Problem why;

    DeviceSession(DoorContext door, SessionWire wire, Device device, DeviceKey key, TunnelPeer peer) {
        this.door = door;
        this.wire = wire;
        this.device = device.name();
        this.key = key;
        this.peer = peer;
        this.started = door.timers().nanoTime();
        this.forwards = new Forwards(this, door);
        this.refusals = new RefusalWatch(this, door, key.fingerprint());
        this.requests = new GlobalRequests(this, door.timers());
        this.keepalive = new Keepalive(this, wire.loop(), door.timers());
    }

    // its life

    /** The login has succeeded; nothing of the connection protocol has come in yet. */
    void start() {
        door.sessions().add(this);
        door.tunnels().started(this);
        door.events().happened(new GatewayEvent.LoggedIn(device, key, peer.address(), peer.user(), peer.client()));
        keepalive.start();
        recheck(door.directory().current()); // it may have changed since the key was judged
    }

    /** The SSH session has closed, for whatever reason. Any thread, once or more. */
    void closed() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        door.sessions().remove(this);
        door.tunnels().ended(this);
        Duration lasted = Duration.ofNanos(door.timers().nanoTime() - started);
        door.events()
                .happened(new GatewayEvent.SessionEnded(
                        device, peer.address(), peer.client(), lasted, Optional.ofNullable(why)));
        wire.onLoop(() -> {
            keepalive.stop();
            refusals.cancel();
        });
        ended.complete(null);
    }

    /** Completes when the session has ended. */
    CompletionStage<Void> ended() {
        return ended;
    }

    /** Ends what the directory no longer allows. */
    void recheck(Directory directory) {
        if (over.get()) {
            return;
        }
        Admission.Caller caller = new Admission.Caller(
                key.fingerprint(), peer.user(), peer.address().getAddress());
        switch (Admission.judge(directory, caller, door.user(), door.timers().now())) {
            case Admission.Verdict.Unknown unknown -> close(Fault.REVOKED.problem());
            case Admission.Verdict.Refused refused -> close(refused.why());
            case Admission.Verdict.Admitted admitted
            when !admitted.device().name().equals(device) -> close(Fault.REVOKED.problem());
            case Admission.Verdict.Admitted admitted -> recheckForwards(directory);
        }
    }

    private void recheckForwards(Directory directory) {
        List<PortNumber> given = forwards.recheck(directory);
        given.forEach(wire.streams()::reset);
        if (!given.isEmpty() && forwards.isEmpty()) {
            close(Fault.REVOKED.problem());
            return;
        }
        repaint();
    }

    /**
     * Ends what the directory no longer allows. Any thread.
     *
     * @param grants true when what it grants this device has changed
     * @return completes when nothing is alive any more that it forbids
     */
    CompletableFuture<Void> directoryChanged(Directory now, boolean grants) {
        CompletableFuture<Void> applied = new CompletableFuture<>();
        boolean running = wire.onLoop(() -> {
            recheck(now);
            if (grants) {
                refusals.grantsChanged();
            }
            if (why == null) {
                applied.complete(null);
            } else {
                ended.whenComplete((nothing, failure) -> applied.complete(null));
            }
        });
        if (!running) {
            applied.complete(null);
        }
        return applied;
    }

    // what a tunnel can be asked

    @Override
    public long id() {
        return id;
    }

    @Override
    public DeviceName device() {
        return device;
    }

    @Override
    public TunnelPeer peer() {
        return peer;
    }

    @Override
    public EventLoop loop() {
        return wire.loop();
    }

    @Override
    public Future<DuplexChannel> open(StreamRequest request) {
        Promise<DuplexChannel> promise = request.loop().newPromise();
        if (!wire.onLoop(() -> open(request, promise))) {
            promise.tryFailure(lost());
        }
        return promise;
    }

    /** Whether the forward stands, and is still granted, is asked again at every stream. */
    private void open(StreamRequest request, Promise<DuplexChannel> promise) {
        Forward forward = forwards.find(request.port());
        boolean granted = forward != null
                && ForwardPolicy.decide(
                                door.directory().current(),
                                device,
                                forward.requestedAddress(),
                                request.port().value())
                        instanceof ForwardPolicy.Decision.Allowed;
        if (forward == null || !granted || over.get()) {
            promise.tryFailure(lost());
        } else {
            PromiseNotifier.cascade(wire.streams().open(forward.requestedAddress(), request), promise);
        }
    }

    private static StreamRefused lost() {
        return new StreamRefused(StreamRefused.Reason.LOST, Fault.DEVICE_OFFLINE.problem());
    }

    @Override
    public void portLost(PortNumber port) {
        wire.onLoop(() -> {
            if (!forwards.lost(port)) {
                return;
            }
            wire.streams().reset(port);
            if (forwards.isEmpty()) {
                close(Fault.SESSION_REPLACED.problem());
            } else {
                repaint();
            }
        });
    }

    @Override
    public void close(Problem problem) {
        disconnect(problem, problem.sentence());
    }

    /** Ends the session with these words. Any thread. */
    void disconnect(Problem problem, String words) {
        wire.onLoop(() -> {
            if (over.get() || why != null) {
                return;
            }
            why = problem;
            door.tunnels().ended(this);
            wire.disconnect(words);
        });
    }

    @Override
    public TunnelFigures figures() {
        ForwardedStreams streams = wire.streams();
        return new TunnelFigures(
                streams.streams(),
                streams.bytesIn(),
                streams.bytesOut(),
                keepalive.roundTripMillis(),
                keepalive.missed());
    }

    // what comes in

    /** A packet came in, whatever it says. */
    void alive() {
        keepalive.alive();
    }

    void received(GlobalRequest request) {
        requests.received(request);
    }

    /** The device asked for something that is never given; answers with the words for it. */
    Problem refuseFeature(String what) {
        Problem problem = Fault.SSH_NOT_ALLOWED.problem("what", what);
        door.events().happened(new GatewayEvent.RequestRefused(device, peer.address(), problem));
        return problem;
    }

    @Override
    public CompletionStage<ForwardAnswer> forward(String address, long port) {
        return forwards.ask(address, port).thenApply(answer -> {
            switch (answer) {
                case ForwardAnswer.Granted granted -> refusals.granted(port);
                case ForwardAnswer.Refused refused -> refusals.refused(port, refused.why());
            }
            repaint();
            return answer;
        });
    }

    @Override
    public boolean cancel(String address, long port) {
        boolean known = forwards.cancel(address, port);
        repaint();
        return known;
    }

    @Override
    public void noMoreSessions() {
        wire.noMoreSessions();
    }

    @Override
    public void unixForward() {
        Problem problem = Fault.UNIX_SOCKET_FORWARD.problem();
        door.events().happened(new GatewayEvent.RequestRefused(device, peer.address(), problem));
        refusals.refused(-1, problem);
    }

    @Override
    public CompletionStage<Optional<byte[]>> proveHostKeys(ByteBuffer blobs) {
        return wire.proveHostKeys(blobs);
    }

    @Override
    public void reply(boolean success, byte[] payload) {
        refusals.stirred();
        wire.reply(success, payload);
    }

    @Override
    public void cutOff(Problem problem) {
        close(problem);
    }

    // its keepalive

    @Override
    public void ask(Runnable answered) {
        wire.ask(answered);
    }

    @Override
    public void dead() {
        close(Fault.SILENT_DEVICE.problem("device", device, "seconds", Keepalive.SILENCE.toSeconds()));
    }

    @Override
    public void round() {
        recheck(door.directory().current()); // a key may have expired
    }

    // its pages

    void opened(StatusChannel page) {
        pages.add(page);
        refusals.stirred();
    }

    /** Any thread. */
    void closed(StatusChannel page) {
        wire.onLoop(() -> {
            if (pages.remove(page)) {
                refusals.stirred();
            }
        });
    }

    int pages() {
        return pages.size();
    }

    String page() {
        Optional<Device> now = door.directory().current().findDevice(device);
        return now.isEmpty()
                ? ""
                : StatusPage.text(
                        now.get(),
                        peer,
                        forwards.all(),
                        refusals.standing(),
                        door.urls().apply(now.get()));
    }

    String portsInWords() {
        return door.directory()
                .current()
                .findDevice(device)
                .map(ForwardPolicy::ports)
                .orElse("no port");
    }

    private void repaint() {
        pages.forEach(StatusChannel::repaint);
    }

    @Override
    public String toString() {
        return device + " from " + peer.address();
    }
}
