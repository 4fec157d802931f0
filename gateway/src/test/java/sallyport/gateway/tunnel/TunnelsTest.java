package sallyport.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.HandTimers;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/** Who owns which port, and what happens to streams in between. */
final class TunnelsTest {
    private static final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private static final EventLoop loop = group.next();
    private static final DeviceName MM = new DeviceName("lab-mm-1");
    private static final Port PORT = Port.privatePort(new PortNumber(55443));
    private static final Port OTHER = Port.privatePort(new PortNumber(55444));
    private static final AtomicInteger ids = new AtomicInteger();

    private final HandTimers timers = new HandTimers();
    private final List<GatewayEvent> events = new CopyOnWriteArrayList<>();
    private final Tunnels tunnels = new Tunnels(timers, events::add);

    @AfterAll
    static void stopLoops() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** A tunnel that opens memory streams, or loses them. */
    private static final class FakeTunnel implements Tunnel {
        final long id = ids.incrementAndGet();
        final TunnelPeer peer;
        final List<PortNumber> lost = new CopyOnWriteArrayList<>();
        final AtomicInteger opened = new AtomicInteger();
        volatile boolean dying;

        FakeTunnel(String address) {
            peer = new TunnelPeer(
                    new KeyFingerprint("SHA256:" + "A".repeat(43)),
                    "mm",
                    "SSH-2.0-OpenSSH_9.2",
                    "curve25519-sha256",
                    new InetSocketAddress(address, 1000),
                    Instant.EPOCH);
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public DeviceName device() {
            return MM;
        }

        @Override
        public TunnelPeer peer() {
            return peer;
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public Future<DuplexChannel> open(StreamRequest request) {
            if (dying) {
                return request.loop()
                        .newFailedFuture(new StreamRefused(StreamRefused.Reason.LOST, Fault.DEVICE_OFFLINE.problem()));
            }
            opened.incrementAndGet();
            return request.loop()
                    .newSucceededFuture(new MemoryStream(loop, request.loop(), request.handler()).channel());
        }

        @Override
        public void portLost(PortNumber port) {
            lost.add(port);
        }

        @Override
        public void close(Problem why) {
            throw new AssertionError(why);
        }

        @Override
        public TunnelFigures figures() {
            return new TunnelFigures(0, 0, 0, -1, 0);
        }
    }

    private FakeTunnel connect(String address, Port... ports) {
        FakeTunnel tunnel = new FakeTunnel(address);
        tunnels.started(tunnel);
        for (Port port : ports) {
            assertThat(grant(tunnel, port)).isInstanceOf(Listening.Open.class);
        }
        return tunnel;
    }

    private Listening grant(FakeTunnel tunnel, Port port) {
        Listening answer = tunnels.grant(tunnel, port, "").toCompletableFuture().join();
        loop.submit(() -> {}).syncUninterruptibly();
        return answer;
    }

    private Future<DuplexChannel> visit() {
        return tunnels.open(
                MM,
                new StreamRequest(
                        PORT.number(),
                        new InetSocketAddress("192.0.2.1", 4711),
                        loop,
                        new ChannelInboundHandlerAdapter()));
    }

    private StreamRefused.Reason reason(Future<DuplexChannel> visit) {
        assertThat(visit.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        assertThat(visit.cause()).isInstanceOf(StreamRefused.class);
        return ((StreamRefused) visit.cause()).reason();
    }

    @Test
    void the_newest_grant_owns_the_port_and_the_other_ports_stay() {
        FakeTunnel first = connect("192.0.2.10", PORT, OTHER);
        FakeTunnel second = connect("192.0.2.10", PORT);
        assertThat(first.lost).containsExactly(PORT.number());
        assertThat(tunnels.find(PORT.number())).map(Offer::tunnel).contains(second);
        assertThat(tunnels.find(OTHER.number())).map(Offer::tunnel).contains(first);
        assertThat(events).hasAtLeastOneElementOfType(GatewayEvent.TakenOver.class);
    }

    @Test
    void a_port_does_not_fall_back_to_the_older_session() {
        connect("192.0.2.10", PORT, OTHER);
        FakeTunnel second = connect("192.0.2.10", PORT);
        tunnels.ended(second);
        assertThat(tunnels.find(PORT.number())).isEmpty();
    }

    @Test
    void two_sessions_with_different_ports_take_nothing_from_each_other() {
        FakeTunnel first = connect("192.0.2.10", PORT);
        FakeTunnel second = connect("192.0.2.10", OTHER);
        assertThat(first.lost).isEmpty();
        assertThat(second.lost).isEmpty();
        assertThat(events).isEmpty();
    }

    @Test
    void a_stream_between_two_tunnels_waits_and_goes_on() {
        FakeTunnel first = connect("192.0.2.10", PORT);
        timers.advance(Duration.ofMinutes(1));
        tunnels.ended(first);
        timers.advance(Duration.ofSeconds(7));
        Future<DuplexChannel> visit = visit();
        assertThat(visit.isDone()).isFalse();
        FakeTunnel second = connect("192.0.2.10", PORT);
        assertThat(visit.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        assertThat(visit.isSuccess()).isTrue();
        assertThat(second.opened).hasValue(1);
    }

    @Test
    void a_stream_waits_for_8_s_and_no_longer() {
        tunnels.ended(connect("192.0.2.10", PORT));
        Future<DuplexChannel> visit = visit();
        timers.advance(Duration.ofMillis(7999));
        assertThat(visit.isDone()).isFalse();
        timers.advance(Duration.ofMillis(1));
        assertThat(reason(visit)).isEqualTo(StreamRefused.Reason.OFFLINE);
        assertThat(reason(visit())).isEqualTo(StreamRefused.Reason.OFFLINE);
    }

    @Test
    void the_gateway_s_own_start_counts_as_the_end_of_a_tunnel() {
        Future<DuplexChannel> visit = visit();
        assertThat(visit.isDone()).isFalse();
        connect("192.0.2.10", PORT);
        assertThat(visit.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        assertThat(visit.isSuccess()).isTrue();
    }

    @Test
    void long_after_the_start_a_device_that_never_came_is_offline_at_once() {
        timers.advance(Duration.ofSeconds(9));
        assertThat(reason(visit())).isEqualTo(StreamRefused.Reason.OFFLINE);
    }

    @Test
    void a_cancelled_forward_is_offline_at_once() {
        FakeTunnel tunnel = connect("192.0.2.10", PORT);
        tunnels.withdraw(tunnel, PORT);
        assertThat(reason(visit())).isEqualTo(StreamRefused.Reason.OFFLINE);
    }

    @Test
    void a_stream_whose_tunnel_ends_under_it_waits_for_the_next() {
        FakeTunnel first = connect("192.0.2.10", PORT);
        first.dying = true;
        Future<DuplexChannel> visit = visit();
        tunnels.ended(first);
        connect("192.0.2.10", PORT);
        assertThat(visit.awaitUninterruptibly(5, TimeUnit.SECONDS)).isTrue();
        assertThat(visit.isSuccess()).isTrue();
    }

    @Test
    void only_so_many_streams_wait_for_one_port() {
        tunnels.ended(connect("192.0.2.10", PORT));
        for (int i = 0; i < WaitingStreams.MAX_PER_PORT; i++) {
            assertThat(visit().isDone()).isFalse();
        }
        assertThat(reason(visit())).isEqualTo(StreamRefused.Reason.OFFLINE);
    }

    @Test
    void another_device_s_stream_never_goes_through() {
        connect("192.0.2.10", PORT);
        Future<DuplexChannel> visit = tunnels.open(
                new DeviceName("other"),
                new StreamRequest(
                        PORT.number(),
                        new InetSocketAddress("192.0.2.1", 4711),
                        loop,
                        new ChannelInboundHandlerAdapter()));
        assertThat(reason(visit)).isEqualTo(StreamRefused.Reason.OFFLINE);
    }

    @Test
    void a_port_that_the_directory_takes_away_is_withdrawn() {
        connect("192.0.2.10", PORT);
        tunnels.directoryChanged(Directory.empty(), Directory.empty());
        assertThat(tunnels.find(PORT.number())).isEmpty();
        assertThat(reason(visit())).isEqualTo(StreamRefused.Reason.OFFLINE);
    }

    @Test
    void a_thousand_takeovers_by_one_machine_are_no_conflict() {
        for (int i = 0; i < 1001; i++) {
            connect("192.0.2.10", PORT);
        }
        assertThat(tunnels.inConflict(MM)).isFalse();
        assertThat(events).hasSize(1000).allMatch(GatewayEvent.TakenOver.class::isInstance);
    }

    @Test
    void two_machines_with_one_key_are_a_conflict_at_the_fourth_takeover_and_the_first_keeps_the_port() {
        connect("192.0.2.10", PORT);
        connect("192.0.2.20", PORT);
        connect("192.0.2.10", PORT);
        connect("192.0.2.20", PORT);
        assertThat(tunnels.inConflict(MM)).isFalse();
        FakeTunnel first = connect("192.0.2.10", PORT);
        assertThat(tunnels.inConflict(MM)).isTrue();
        assertThat(events)
                .filteredOn(GatewayEvent.ConflictChanged.class::isInstance)
                .hasSize(1);
        FakeTunnel second = new FakeTunnel("192.0.2.20");
        tunnels.started(second);
        assertThat(grant(second, PORT))
                .isInstanceOfSatisfying(
                        Listening.Refused.class,
                        refused -> assertThat(refused.why().fault()).isEqualTo(Fault.KEY_IN_CONFLICT));
        assertThat(tunnels.find(PORT.number())).map(Offer::tunnel).contains(first);
    }

    @Test
    void a_conflict_is_over_when_no_other_machine_asked_for_5_minutes() {
        conflict();
        timers.advance(Duration.ofMinutes(8));
        assertThat(tunnels.inConflict(MM)).isFalse();
        assertThat(events)
                .filteredOn(event -> event instanceof GatewayEvent.ConflictChanged change && !change.active())
                .hasSize(1);
        connect("192.0.2.20", PORT);
    }

    @Test
    void a_conflict_is_over_when_the_first_machine_has_been_gone_for_2_minutes() {
        FakeTunnel first = conflict();
        tunnels.tunnels().forEach(tunnels::ended);
        tunnels.ended(first);
        FakeTunnel second = new FakeTunnel("192.0.2.20");
        tunnels.started(second);
        timers.advance(Duration.ofSeconds(100));
        assertThat(grant(second, PORT)).isInstanceOf(Listening.Refused.class);
        timers.advance(Duration.ofSeconds(30));
        assertThat(grant(second, PORT)).isInstanceOf(Listening.Open.class);
    }

    private FakeTunnel conflict() {
        FakeTunnel last = connect("192.0.2.10", PORT);
        for (int i = 0; i < 2; i++) {
            connect("192.0.2.20", PORT);
            last = connect("192.0.2.10", PORT);
        }
        assertThat(tunnels.inConflict(MM)).isTrue();
        return last;
    }

    @Test
    void grants_and_ends_from_different_threads_leave_one_owner_or_none() throws InterruptedException {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(thread);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 2000; i++) {
                    FakeTunnel tunnel = new FakeTunnel("192.0.2.10");
                    tunnels.started(tunnel);
                    tunnels.grant(tunnel, PORT, "");
                    if (random.nextBoolean()) {
                        tunnels.withdraw(tunnel, PORT);
                    }
                    tunnels.ended(tunnel);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(tunnels.find(PORT.number())).isEmpty();
        assertThat(tunnels.tunnels()).isEmpty();
        FakeTunnel last = connect("192.0.2.10", PORT);
        Future<DuplexChannel> visit = visit();
        await().until(visit::isSuccess);
        assertThat(last.opened).hasValue(1);
    }
}
