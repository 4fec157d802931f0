package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.MemoryStream;
import sallyport.gateway.tunnel.OpenPorts.Listening;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.TunnelFigures;
import sallyport.gateway.tunnel.TunnelPeer;
import sallyport.gateway.tunnel.Tunnels;

/** Visitors at open ports, over real sockets; the device's end is in memory. */
final class OpenPortListenersTest {
    private static final DeviceName MM = new DeviceName("lab-mm-1");
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final EventLoops loops = new EventLoops(2);
    private final SystemTimers timers = new SystemTimers();
    private final Port port = Port.openPort(freePort(), List.of("127.0.0.1"));
    private final DirectoryHolder directory = new DirectoryHolder(directory(1, List.of(), List.of(port)));
    private final Tunnels tunnels = new Tunnels(timers, event -> {});
    private final OpenPortListeners open = new OpenPortListeners(tunnels, directory, timers, event -> {});
    private final MemoryTunnel tunnel = new MemoryTunnel(loops.group().next());

    OpenPortListenersTest() {
        tunnels.openPorts(open);
        directory.subscribe(tunnels);
        directory.subscribe(open);
    }

    @AfterEach
    void stop() {
        open.close();
        loops.close();
        timers.close();
    }

    private static PortNumber freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return new PortNumber(socket.getLocalPort());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Directory directory(long version, List<Cidr> visitors, List<Port> ports) {
        Device device = new Device(
                MM,
                "",
                List.of(),
                true,
                List.of(),
                List.of(),
                visitors,
                ports,
                new PortNumber(20000),
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
        return new Directory(version, List.of(device), List.of());
    }

    /** A tunnel whose streams end in memory. */
    private static final class MemoryTunnel implements Tunnel {
        private final EventLoop loop;
        final BlockingQueue<MemoryStream> streams = new LinkedBlockingQueue<>();

        MemoryTunnel(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public DeviceName device() {
            return MM;
        }

        @Override
        public TunnelPeer peer() {
            return new TunnelPeer(
                    new KeyFingerprint("SHA256:" + "A".repeat(43)),
                    "mm",
                    "SSH-2.0-OpenSSH_9.2",
                    "curve25519-sha256",
                    new InetSocketAddress("192.0.2.10", 1000),
                    Instant.EPOCH);
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public Future<DuplexChannel> open(StreamRequest request) {
            MemoryStream stream = new MemoryStream(loop, request.loop(), request.handler());
            streams.add(stream);
            return request.loop().newSucceededFuture(stream.channel());
        }

        @Override
        public void portLost(PortNumber number) {
            throw new AssertionError(number);
        }

        @Override
        public void close(Problem why) {
            throw new AssertionError(why);
        }

        @Override
        public TunnelFigures figures() {
            return new TunnelFigures(0, 0, 0, -1, 0);
        }

        MemoryStream next() throws InterruptedException {
            MemoryStream stream = streams.poll(5, TimeUnit.SECONDS);
            assertThat(stream).isNotNull();
            return stream;
        }
    }

    private Listening grant() throws Exception {
        return tunnel.loop()
                .submit(() -> tunnels.grant(tunnel, port, "").toCompletableFuture())
                .get(5, TimeUnit.SECONDS)
                .get(5, TimeUnit.SECONDS);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(LOOPBACK, port.number().value());
        socket.setSoTimeout(5000);
        return socket;
    }

    @Test
    void bytes_and_ends_of_file_go_both_ways() throws Exception {
        assertThat(grant()).isInstanceOf(Listening.Open.class);
        try (Socket visitor = connect()) {
            byte[] request = new byte[300_000];
            visitor.getOutputStream().write(request);
            visitor.shutdownOutput();
            MemoryStream device = tunnel.next();
            await().until(device::eof);
            assertThat(device.arrived()).isEqualTo(request);
            device.say("an answer after the end of the question".getBytes(StandardCharsets.UTF_8));
            device.sayEof();
            assertThat(visitor.getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("an answer after the end of the question");
            await().until(() -> device.released() == 1);
        }
    }

    @Test
    void a_device_that_breaks_off_resets_the_visitor() throws Exception {
        grant();
        try (Socket visitor = connect()) {
            visitor.getOutputStream().write(1);
            MemoryStream device = tunnel.next();
            await().until(() -> device.arrivedBytes() == 1);
            device.sayClose();
            assertThatThrownBy(() -> visitor.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void a_visitor_who_resets_resets_the_stream() throws Exception {
        grant();
        Socket visitor = connect();
        visitor.getOutputStream().write(1);
        MemoryStream device = tunnel.next();
        await().until(() -> device.arrivedBytes() == 1);
        visitor.setSoLinger(true, 0);
        visitor.close();
        await().until(() -> device.released() == 1);
        assertThat(device.eof()).isFalse();
    }

    @Test
    void a_narrowed_address_list_ends_connections_and_refuses_new_ones() throws Exception {
        grant();
        try (Socket visitor = connect()) {
            visitor.getOutputStream().write(1);
            tunnel.next();
            directory
                    .publish(directory(2, List.of(Cidr.parse("192.0.2.0/24")), List.of(port)))
                    .get(1, TimeUnit.SECONDS);
            assertThatThrownBy(() -> visitor.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        try (Socket stranger = connect()) {
            assertThat(stranger.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_connection_between_two_tunnels_waits_with_what_it_said() throws Exception {
        grant();
        tunnels.ended(tunnel);
        try (Socket visitor = connect()) {
            visitor.getOutputStream().write(new byte[5000]);
            visitor.shutdownOutput();
            grant();
            MemoryStream device = tunnel.next();
            await().until(device::eof);
            assertThat(device.arrivedBytes()).isEqualTo(5000);
        }
    }

    @Test
    void a_port_in_use_is_waited_for() throws Exception {
        try (ServerSocket holder = new ServerSocket()) {
            holder.bind(new InetSocketAddress(LOOPBACK, port.number().value()));
            assertThat(grant())
                    .isInstanceOfSatisfying(
                            Listening.Waiting.class,
                            waiting -> assertThat(waiting.why().fault()).isEqualTo(Fault.PORT_WAITING));
        }
        await().until(() -> tunnels.find(port.number()).orElseThrow().listening() instanceof Listening.Open);
        connect().close();
    }
}
