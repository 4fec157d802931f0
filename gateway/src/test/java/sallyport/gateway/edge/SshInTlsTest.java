package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.tunnel.SshDoor;

/** SSH inside TLS, for networks that look into what goes to port 443 (G14). */
final class SshInTlsTest {
    private static final String OWN = "ssh.t.test";
    private static final InetSocketAddress BEHIND = new InetSocketAddress("192.0.2.7", 4242);

    private final EchoingDoor door = new EchoingDoor();
    private final TestFront front = new TestFront(settings ->
            behind(settings, new SshOnHttps(Optional.of(door), Optional.of(new Hostname(OWN)), Optional.empty())));

    @AfterEach
    void close() {
        front.close();
    }

    private static FrontSettings behind(FrontSettings settings, SshOnHttps ssh) {
        return new FrontSettings(
                settings.listen(),
                settings.publicPort(),
                settings.console(),
                (channel, inside) -> inside.accept(BEHIND),
                settings.proxies(),
                ssh,
                settings.deadlines(),
                settings.maxVisitors());
    }

    private static SSLSocket hello(TestFront to, String name, String... protocols) throws IOException {
        SSLContext fresh = TestCertificates.trustingAnything(); // the JDK repeats the server name of an earlier session
        SSLSocket socket =
                (SSLSocket) fresh.getSocketFactory().createSocket(to.address.getAddress(), to.address.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(15_000);
        socket.startHandshake();
        return socket;
    }

    /** A ClientHello with nothing after it. */
    private static byte[] firstFlight() throws SSLException {
        SSLEngine engine = TestCertificates.trustingAnything().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(OWN)));
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private void assertEntered(SSLSocket socket) throws IOException, InterruptedException {
        socket.getOutputStream().write("SSH-2.0-device\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(16), StandardCharsets.US_ASCII))
                .isEqualTo("SSH-2.0-device\r\n");
        assertThat(door.peers.poll(15, TimeUnit.SECONDS)).isEqualTo(BEHIND);
        assertThat(front.https.visitors()).isZero();
    }

    @Test
    void whoever_offers_the_protocol_under_a_known_name_goes_to_the_ssh_door() throws Exception {
        front.publish(d -> d, r -> r);
        try (SSLSocket socket = hello(front, "dev1.t.test", "ssh", "http/1.1")) {
            assertThat(socket.getApplicationProtocol()).isEqualTo("ssh");
            assertEntered(socket);
        }
    }

    @Test
    void under_the_name_of_its_own_ssh_needs_no_protocol() throws Exception {
        try (SSLSocket silent = hello(front, OWN)) {
            assertEntered(silent);
        }
        try (SSLSocket disguised = hello(front, OWN, "http/1.1")) {
            assertThat(disguised.getApplicationProtocol()).isEmpty();
            assertEntered(disguised);
        }
    }

    @Test
    void a_wildcard_that_covers_its_name_does_not_take_it_away() throws Exception {
        front.publish(
                d -> d,
                r -> TestFront.passthrough(new HostnameRoute(
                        Hostname.parseServed("*.t.test"),
                        r.device(),
                        r.port(),
                        r.tls(),
                        r.deviceTls(),
                        false,
                        r.options())));
        try (SSLSocket socket = hello(front, OWN)) {
            assertEntered(socket);
        }
    }

    @Test
    void what_a_device_may_or_may_not_do_is_none_of_its_business() throws Exception {
        front.publish(d -> d, r -> r);
        try (SSLSocket socket = hello(front, "dev1.t.test", "ssh")) {
            front.publish(TestFront::disabled, r -> r);
            assertEntered(socket);
        }
    }

    @Test
    void browsers_and_unknown_names_get_what_they_always_get() throws Exception {
        front.publish(d -> TestFront.visitedFrom(d, "192.0.2.8/32"), r -> r);
        try (SSLSocket browser = hello(front, "dev1.t.test", "h2", "http/1.1")) {
            assertThat(browser.getApplicationProtocol()).isEqualTo("h2");
        }
        assertThatThrownBy(() -> hello(front, "unknown.t.test", "ssh"))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("unrecognized_name");
        assertThat(door.peers).isEmpty();
    }

    @Test
    void a_name_that_is_passed_through_keeps_the_protocol_for_its_device() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (RawDevice device = RawDevice.running(connection -> {
            byte[] first = new byte[4096];
            got.add(new String(first, 0, connection.in().read(first), StandardCharsets.ISO_8859_1));
        })) {
            front.publish(d -> d, TestFront::passthrough);
            front.connect(device.address());
            assertThatThrownBy(() -> hello(front, "dev1.t.test", "ssh")).isInstanceOf(IOException.class);
            assertThat(got.poll(15, TimeUnit.SECONDS)).contains("ssh");
        }
    }

    @Test
    void without_a_door_the_protocol_is_refused() throws Exception {
        try (TestFront closed = new TestFront()) {
            closed.publish(d -> d, r -> r);
            assertThatThrownBy(() -> hello(closed, "dev1.t.test", "ssh"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void a_client_that_ends_its_tls_is_answered_and_closed() throws Exception {
        try (Socket tcp = new Socket(front.address.getAddress(), front.address.getPort())) {
            SSLSocket socket = (SSLSocket) TestCertificates.trustingAnything()
                    .getSocketFactory()
                    .createSocket(tcp, OWN, front.address.getPort(), false);
            tcp.setSoTimeout(15_000);
            assertEntered(socket);
            socket.close(); // the end of TLS, not of the connection
            tcp.getInputStream().readAllBytes();
            await().until(() -> door.channels.stream().noneMatch(SocketChannel::isOpen));
        }
    }

    @Test
    void a_stop_of_the_front_leaves_sessions_to_the_ssh_side() throws Exception {
        try (SSLSocket socket = hello(front, OWN)) {
            assertEntered(socket);
            front.https.stop(Duration.ZERO);
            assertThat(door.channels).allMatch(SocketChannel::isOpen);
        }
    }

    @Test
    void a_handshake_that_stalls_ends_and_is_told() throws Exception {
        SshOnHttps ssh = new SshOnHttps(Optional.of(door), Optional.of(new Hostname(OWN)), Optional.empty());
        try (TestFront hasty = new TestFront(settings -> TestFront.Soon.HANDSHAKE.apply(behind(settings, ssh)));
                RawVisitor visitor = RawVisitor.plain(hasty.address)) {
            visitor.send(firstFlight());
            visitor.rest();
            await().until(() -> hasty.events(GatewayEvent.VisitorRefused.class).size() == 1);
            assertThat(door.peers).isEmpty();
        }
    }

    /** Stands for the SSH side: reads on demand, as MINA's transport does, and sends everything back. */
    private static final class EchoingDoor implements SshDoor {
        final BlockingQueue<InetSocketAddress> peers = new LinkedBlockingQueue<>();
        final List<SocketChannel> channels = new CopyOnWriteArrayList<>();

        @Override
        public void enter(SocketChannel channel, InetSocketAddress peer) {
            peers.add(peer);
            channels.add(channel);
            channel.config().setAutoRead(false);
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void handlerAdded(ChannelHandlerContext ctx) {
                    channel.read();
                }

                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    channel.writeAndFlush(Unpooled.copiedBuffer((ByteBuf) message));
                    ((ByteBuf) message).release();
                    channel.read();
                }
            });
        }
    }
}
