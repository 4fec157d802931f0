package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.edge.OpenPortListeners;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/** Bytes through an open port, a stock ssh and a server on the device's side, and back. */
final class StreamTransferTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int MIB = 1 << 20;

    private final Path folder;
    private ServerSocket echo;
    private DoorFixture door;
    private OpenPortListeners open;
    private ClientKey key;
    private int port;

    StreamTransferTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void openPort() throws Exception {
        echo = new ServerSocket(0, 50, LOOPBACK);
        Thread.ofVirtual().start(this::serve);
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
        open = new OpenPortListeners(door.tunnels, door.directory, door.timers, door.events::add);
        door.tunnels.openPorts(open);
        Port granted = Port.openPort(new PortNumber(port), List.of("127.0.0.1"));
        door.publish(DoorFixture.device(
                "mm",
                DoorFixture.AUTOMATIC,
                List.of(key.device()),
                true,
                List.of(),
                List.of(Port.privatePort(new PortNumber(DoorFixture.AUTOMATIC)), granted)));
    }

    @AfterEach
    void shut() throws IOException {
        open.close();
        door.close();
        echo.close();
    }

    /** Sends back everything that comes, then its own end of file. */
    private void serve() {
        try {
            while (true) {
                Socket socket = echo.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                        socket.shutdownOutput();
                    } catch (SocketException e) {
                        // A visitor who stalls is reset at the end of a test.
                        return;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    private Program connect(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-N", "-R", port + ":127.0.0.1:" + echo.getLocalPort(), "mm@127.0.0.1"));
        Program ssh = door.ssh(key, all.toArray(String[]::new));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> door.tunnels
                        .find(new PortNumber(port))
                        .filter(offer -> offer.listening() instanceof Listening.Open at
                                && !at.addresses().isEmpty())
                        .isPresent());
        return ssh;
    }

    /** The hash of what went out and of what came back. */
    private List<String> roundTrip(int mebibytes) throws Exception {
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        MessageDigest back = MessageDigest.getInstance("SHA-256");
        try (Socket visitor = new Socket(LOOPBACK, port)) {
            visitor.setSoTimeout(30_000);
            Thread writer = Thread.ofVirtual().start(() -> write(visitor, sent, mebibytes));
            InputStream in = visitor.getInputStream();
            byte[] piece = new byte[64 << 10];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                back.update(piece, 0, n);
            }
            writer.join();
        }
        HexFormat hex = HexFormat.of();
        return List.of(hex.formatHex(sent.digest()), hex.formatHex(back.digest()));
    }

    private static void write(Socket visitor, MessageDigest sent, int mebibytes) {
        Random random = new Random(5);
        byte[] piece = new byte[MIB];
        try {
            OutputStream out = visitor.getOutputStream();
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(piece);
                sent.update(piece);
                out.write(piece);
            }
            visitor.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void what_goes_out_comes_back_byte_for_byte_and_ends_by_end_of_file() throws Exception {
        try (Program ssh = connect()) {
            List<String> hashes = roundTrip(24);
            assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
            assertThat(ssh.running()).isTrue();
        }
    }

    @Test
    void rekeys_in_the_middle_change_no_byte() throws Exception {
        try (Program ssh = connect("-o", "RekeyLimit=2M")) {
            List<String> hashes = roundTrip(24);
            assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
            assertThat(ssh.running()).isTrue();
        }
    }

    @Test
    void a_client_that_rekeys_every_16_mebibytes_does_so_under_a_transfer_both_ways() throws Exception {
        try (Program ssh = connect("-v", "-o", "RekeyLimit=16M")) {
            List<String> hashes = roundTrip(36);
            assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
            assertThat(ssh.output().split("SSH2_MSG_NEWKEYS received", -1))
                    .as("the first exchange and at least two more")
                    .hasSizeGreaterThan(3);
            assertThat(ssh.running()).isTrue();
        }
    }

    @Test
    void visitors_who_stall_leave_the_others_alone() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        try (Program ssh = connect()) {
            for (int i = 0; i < 10; i++) {
                Socket visitor = new Socket(LOOPBACK, port);
                stalled.add(visitor);
                Thread.ofVirtual().start(() -> stall(visitor));
            }
            List<String> hashes = roundTrip(8);
            assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
            assertThat(ssh.running()).isTrue();
        } finally {
            for (Socket visitor : stalled) {
                visitor.close();
            }
        }
    }

    private static void stall(Socket visitor) {
        try {
            byte[] piece = new byte[64 << 10];
            for (int i = 0; i < 1024; i++) {
                visitor.getOutputStream().write(piece);
            }
        } catch (IOException e) {
            // It never reads, so this ends only when the test closes it.
            return;
        }
    }

    @Test
    void a_refused_connection_on_the_device_resets_the_visitor() throws Exception {
        try (Program _ = connect()) {
            echo.close();
            try (Socket visitor = new Socket(LOOPBACK, port)) {
                visitor.setSoTimeout(10_000);
                assertThat(Optional.of(visitor.getInputStream()).map(StreamTransferTest::end))
                        .contains("reset");
            }
        }
    }

    private static String end(InputStream in) {
        try {
            return "read " + in.read();
        } catch (SocketException e) {
            return "reset";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
