package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.Tunnels;

final class DeviceProbeTest {
    private static final DeviceName DEVICE = new DeviceName("lab-1");
    private static final PortNumber PORT = new PortNumber(55443);
    private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 40};

    private final EventLoops loops = new EventLoops(1);
    private final SystemTimers timers = new SystemTimers();
    private final List<GatewayEvent.PortProbed> events = new CopyOnWriteArrayList<>();
    private final List<PortNumber> tlsSeen = new CopyOnWriteArrayList<>();
    private final DirectoryHolder directory = new DirectoryHolder(directory(1, false));
    private final Tunnels tunnels = new Tunnels(timers, event -> {});
    private final DeviceProbe probe = new DeviceProbe(
            tunnels,
            directory,
            timers,
            event -> events.add((GatewayEvent.PortProbed) event),
            (device, port) -> tlsSeen.add(port));
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private @Nullable ServerSocket server;

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
        timers.close();
        loops.close();
    }

    private static Directory directory(long version, boolean tlsSeen) {
        Device device = new Device(
                DEVICE,
                "",
                List.of(),
                true,
                List.of(),
                List.of(),
                List.of(),
                List.of(new Port(PORT, Optional.empty(), tlsSeen)),
                new PortNumber(20001),
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
        return new Directory(version, List.of(device), List.of());
    }

    /** A web server that answers the first bytes of each connection as told; null: it stays silent, empty: it closes. */
    private int serve(int port, Function<String, byte @Nullable []> answers) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            server = socket;
            Thread.ofVirtual().start(() -> accept(socket, answers));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket, Function<String, byte @Nullable []> answers) {
        List<Socket> held = new ArrayList<>();
        try {
            while (true) {
                Socket visitor = socket.accept();
                held.add(visitor);
                Thread.ofVirtual().start(() -> answer(visitor, answers));
            }
        } catch (IOException e) {
            held.forEach(DeviceProbeTest::closeQuietly);
        }
    }

    private void answer(Socket visitor, Function<String, byte @Nullable []> answers) {
        try {
            InputStream in = visitor.getInputStream();
            byte[] bytes = new byte[4096];
            int length = in.read(bytes);
            String words = new String(bytes, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
            heard.add(words.startsWith("GET ") ? "GET" : words.startsWith("\u0016\u0003") ? "hello" : "other");
            byte[] answer = answers.apply(words);
            if (answer != null) {
                visitor.getOutputStream().write(answer);
                visitor.close();
            }
        } catch (IOException e) {
            closeQuietly(visitor);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private LoopbackTunnel offer(int target) {
        LoopbackTunnel tunnel = new LoopbackTunnel(
                DEVICE,
                loops.group().next(),
                Map.of(PORT, new InetSocketAddress(InetAddress.getLoopbackAddress(), target)));
        tunnel.loop()
                .submit(() -> {
                    tunnels.started(tunnel);
                    tunnels.grant(tunnel, Port.privatePort(PORT), "");
                })
                .syncUninterruptibly();
        return tunnel;
    }

    private Speech probed() {
        return probe.probe(DEVICE, PORT)
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private boolean hello(String words) {
        return words.startsWith("\u0016\u0003");
    }

    @Test
    void a_tls_record_in_answer_means_tls_and_is_reported_up_once() {
        tunnels.listen(probe);
        offer(serve(0, words -> TLS_ALERT));
        await().until(() -> probe.of(DEVICE, PORT) == Speech.TLS);
        assertThat(probed()).isEqualTo(Speech.TLS);
        assertThat(tlsSeen).containsExactly(PORT);
        assertThat(heard).doesNotContain("GET");
        assertThat(events).extracting(GatewayEvent.PortProbed::speech).containsExactly(Speech.TLS);
    }

    @Test
    void a_real_tls_server_understands_the_hello() throws Exception {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(
                new HttpsConfigurator(TestCertificates.serving(TestCertificates.selfSigned("device.test"))));
        https.start();
        try {
            offer(https.getAddress().getPort());
            assertThat(probed()).isEqualTo(Speech.TLS);
        } finally {
            https.stop(0);
        }
    }

    @Test
    void an_http_answer_to_a_request_on_a_fresh_stream_means_plain() {
        offer(serve(0, words -> text("HTTP/1.1 " + (hello(words) ? "400 Bad Request" : "200 OK") + "\r\n\r\n")));
        assertThat(probed()).isEqualTo(Speech.PLAIN);
        assertThat(heard).containsExactly("hello", "GET");
        assertThat(tlsSeen).isEmpty();
    }

    @Test
    void a_hello_that_nobody_answers_for_two_seconds_is_followed_by_a_request() {
        offer(serve(0, words -> hello(words) ? null : text("HTTP/1.0 401 Who are you\r\n\r\n")));
        long start = System.nanoTime();
        assertThat(probed()).isEqualTo(Speech.PLAIN);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(8));
    }

    @Test
    void whatever_else_is_unknown_with_its_reason() {
        offer(serve(0, words -> text("SSH-2.0-dropbear\r\n")));
        assertThat(probed()).isEqualTo(Speech.UNKNOWN);
        assertThat(events.getFirst().problem().orElseThrow().fault()).isEqualTo(Fault.SPEECH_UNKNOWN);
    }

    @Test
    void bytes_that_only_look_like_tls_are_not_tls() {
        offer(serve(0, words -> new byte[] {0x16, 0x03, 0x01, (byte) 0xff, (byte) 0xff, 1, 2, 3}));
        assertThat(probed()).isEqualTo(Speech.UNKNOWN);
    }

    @Test
    void a_port_that_closes_every_stream_without_a_byte_is_down() {
        offer(serve(0, words -> new byte[0]));
        assertThat(probed()).isEqualTo(Speech.DOWN);
    }

    @Test
    void a_refused_port_is_down_and_is_tried_again_until_it_answers() throws IOException {
        int port = serve(0, words -> TLS_ALERT);
        java.util.Objects.requireNonNull(server).close();
        offer(port);
        assertThat(probed()).isEqualTo(Speech.DOWN);
        assertThat(events.getFirst().problem().orElseThrow().fault()).isEqualTo(Fault.WEB_SERVER_DOWN);
        serve(port, words -> TLS_ALERT);
        await().atMost(Duration.ofSeconds(15)).until(() -> probe.of(DEVICE, PORT) == Speech.TLS);
    }

    @Test
    void once_tls_was_seen_plain_is_not_even_tried() {
        offer(serve(0, words -> heard.size() == 1 ? TLS_ALERT : text("HTTP/1.1 400 Bad Request\r\n\r\n")));
        assertThat(probed()).isEqualTo(Speech.TLS);
        await().atMost(Duration.ofSeconds(10)).until(() -> probed() == Speech.UNKNOWN);
        assertThat(heard).doesNotContain("GET");
    }

    @Test
    void tls_that_the_store_remembers_counts_after_a_restart_too() {
        directory.publish(directory(2, true)).join();
        offer(serve(0, words -> text("HTTP/1.1 200 OK\r\n\r\n")));
        assertThat(probed()).isEqualTo(Speech.UNKNOWN);
        assertThat(heard).containsExactly("hello");
    }

    @Test
    void when_an_operator_makes_it_forget_tls_plain_is_tried_again() {
        directory.subscribe(probe);
        directory.publish(directory(2, true)).join();
        offer(serve(0, words -> text("HTTP/1.1 200 OK\r\n\r\n")));
        assertThat(probed()).isEqualTo(Speech.UNKNOWN);
        directory.publish(directory(3, false)).join();
        assertThat(probed()).isEqualTo(Speech.PLAIN);
    }

    @Test
    void probes_at_the_same_time_are_one_and_a_bad_finding_is_repeated_for_a_moment() {
        LoopbackTunnel tunnel = offer(serve(0, words -> text("220 ftp\r\n")));
        var first = probe.probe(DEVICE, PORT).toCompletableFuture();
        var second = probe.probe(DEVICE, PORT).toCompletableFuture();
        assertThat(first.join()).isEqualTo(second.join()).isEqualTo(Speech.UNKNOWN);
        assertThat(probed()).isEqualTo(Speech.UNKNOWN);
        assertThat(tunnel.opened()).isEqualTo(2);
        await().until(() -> tunnel.open() == 0);
    }

    @Test
    void a_port_without_a_tunnel_is_unknown_at_once() {
        assertThat(probed()).isEqualTo(Speech.UNKNOWN);
        assertThat(events).isEmpty();
    }
}
