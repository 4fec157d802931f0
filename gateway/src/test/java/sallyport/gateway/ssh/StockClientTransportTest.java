package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.fault.Fault;

/** The transport and the algorithms against the stock OpenSSH client and raw sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set up before all
class StockClientTransportTest {
    private static final byte[] BLOB = new byte[8 << 20];

    @TempDir
    static Path folder;

    private Path key;
    private List<KeyPair> hostKeys;
    private TestFrontDoor door;

    @BeforeAll
    void open() throws Exception {
        new Random(1).nextBytes(BLOB);
        key = folder.resolve("id");
        run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()), new byte[0]);
        hostKeys = new ArrayList<>();
        HostKeys.open(folder, true);
        for (String name : List.of("ssh_host_ed25519_key", "ssh_host_rsa_key")) {
            hostKeys.add(HostKeyFile.read(folder.resolve(HostKeys.FOLDER).resolve(name)));
        }
        door = new TestFrontDoor(hostKeys);
    }

    @AfterAll
    void close() throws IOException {
        door.close();
    }

    @Test
    void default_options_end_on_aes_gcm_with_strict_key_exchange() throws Exception {
        Result result = ssh(new byte[0], "-vv");

        assertThat(result.error)
                .contains("kex: server->client cipher: aes128-gcm@openssh.com")
                .contains("kex: client->server cipher: aes128-gcm@openssh.com")
                .contains("kex-strict-s-v00@openssh.com")
                .containsPattern("server-sig-algs=<.*rsa-sha2-512.*>");
        assertThat(result.exit).isZero();
    }

    @Test
    void every_key_exchange_completes_with_every_host_key() throws Exception {
        for (String exchange : List.of(
                "sntrup761x25519-sha512",
                "sntrup761x25519-sha512@openssh.com",
                "curve25519-sha256",
                "curve25519-sha256@libssh.org",
                "ecdh-sha2-nistp256",
                "diffie-hellman-group14-sha256")) {
            for (String host : List.of("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256")) {
                assertThat(ssh(
                                        "hello".getBytes(StandardCharsets.UTF_8),
                                        "-oKexAlgorithms=" + exchange,
                                        "-oHostKeyAlgorithms=" + host)
                                .output)
                        .as("%s with %s", exchange, host)
                        .asString()
                        .isEqualTo("hello");
            }
        }
    }

    @Test
    void every_cipher_completes_with_every_mac() throws Exception {
        for (String cipher : List.of("aes128-ctr", "aes192-ctr", "aes256-ctr")) {
            for (String mac : List.of(
                    "hmac-sha2-256-etm@openssh.com",
                    "hmac-sha2-512-etm@openssh.com",
                    "hmac-sha2-256",
                    "hmac-sha2-512")) {
                assertThat(ssh("hello".getBytes(StandardCharsets.UTF_8), "-c", cipher, "-m", mac).output)
                        .as("%s with %s", cipher, mac)
                        .asString()
                        .isEqualTo("hello");
            }
        }
        for (String aead :
                List.of("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com")) {
            assertThat(ssh("hello".getBytes(StandardCharsets.UTF_8), "-c", aead).output)
                    .as(aead)
                    .asString()
                    .isEqualTo("hello");
        }
    }

    @Test
    void bytes_survive_rekeying_in_both_directions_in_the_middle_of_a_transfer() throws Exception {
        for (String cipher : List.of("aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com")) {
            Result result = ssh(BLOB, "-c", cipher, "-oRekeyLimit=2M", "-oKexAlgorithms=curve25519-sha256", "-v");

            assertThat(result.output).as(cipher).isEqualTo(BLOB);
            assertThat(result.error.split("SSH2_MSG_NEWKEYS received", -1))
                    .as(cipher)
                    .hasSizeGreaterThan(4);
        }
    }

    @Test
    void plain_java_sockets_carry_the_same_where_epoll_is_missing() throws Exception {
        try (TestFrontDoor nio = new TestFrontDoor(hostKeys, NioIoHandler.newFactory())) {
            assertThat(run(command(nio, "cat"), BLOB).output).isEqualTo(BLOB);
        }
    }

    @Test
    void a_session_moves_to_its_loop_when_it_logs_in() throws Exception {
        door.loginThreads.clear();

        ssh(new byte[0]);

        assertThat(door.loginThreads).allSatisfy(thread -> assertThat(thread).doesNotContain("ssh-handshake"));
        assertThat(door.loginThreads).isNotEmpty();
    }

    @Test
    void a_client_that_waits_for_our_kexinit_gets_it() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            long start = System.nanoTime();
            socket.getOutputStream().write("SSH-2.0-Waiting\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String ident = line(in);
            byte[] header = in.readNBytes(6);

            assertThat(ident).startsWith("SSH-2.0-");
            assertThat(header[5]).as("message number").isEqualTo((byte) 20);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(650);
        }
    }

    @Test
    void http_on_the_ssh_port_is_closed_at_once_and_named() throws Exception {
        assertClosed("GET / HTTP/1.1\r\n\r\n");
    }

    @Test
    void a_first_line_that_never_ends_is_closed() throws Exception {
        assertClosed("SSH-2.0-" + "x".repeat(300));
    }

    @Test
    void an_old_client_is_refused_and_what_it_lacks_is_named() throws Exception {
        door.refused.clear();

        Result result = ssh(new byte[0], "-oKexAlgorithms=diffie-hellman-group14-sha1");

        assertThat(result.exit).isNotZero();
        await().untilAsserted(() -> assertThat(door.refused).singleElement().satisfies(why -> {
            assertThat(why.fault()).isEqualTo(Fault.OLD_CLIENT);
            assertThat(why.sentence()).contains("SSH-2.0-OpenSSH", "127.0.0.1", "key exchange", "group14-sha1");
        }));
    }

    @Test
    void old_algorithms_work_and_are_named_while_a_device_is_admitted_with_them() throws Exception {
        door.legacy.set(true);
        door.sessions.clear();
        try {
            Result result = ssh(
                    "hello".getBytes(StandardCharsets.UTF_8),
                    "-oKexAlgorithms=diffie-hellman-group14-sha1",
                    "-oHostKeyAlgorithms=ssh-rsa");

            assertThat(result.output).asString().isEqualTo("hello");
            assertThat(door.sessions)
                    .singleElement()
                    .satisfies(session -> assertThat(session.legacyAlgorithmsUsed())
                            .containsExactlyInAnyOrder("diffie-hellman-group14-sha1", "ssh-rsa"));
        } finally {
            door.legacy.set(false);
        }
    }

    private void assertClosed(String sent) throws IOException {
        door.refused.clear();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            line(socket.getInputStream());
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
            assertThat(ended(socket)).isTrue();
        }
        await().untilAsserted(() -> assertThat(door.refused)
                .singleElement()
                .satisfies(why -> assertThat(why.fault()).isEqualTo(Fault.NOT_SSH)));
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    private Result ssh(byte[] input, String... options) throws Exception {
        List<String> command = command(door, "cat");
        command.addAll(1, List.of(options));
        return run(command, input);
    }

    private List<String> command(TestFrontDoor to, String remote) {
        return new ArrayList<>(List.of(
                "ssh",
                "-F",
                "none",
                "-i",
                key.toString(),
                "-oIdentitiesOnly=yes",
                "-oStrictHostKeyChecking=no",
                "-oUserKnownHostsFile=/dev/null",
                "-oConnectTimeout=20",
                "-p",
                String.valueOf(to.port()),
                "anyone@127.0.0.1",
                remote));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Result(int exit, byte[] output, String error) {}

    private static Result run(List<String> command, byte[] input) throws Exception {
        Path errors = Files.createTempFile(folder, "stderr", "");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        Thread feeder = Thread.ofVirtual().start(() -> {
            try (var to = process.getOutputStream()) {
                to.write(input);
            } catch (IOException e) {
                // the client ended first; its exit code and output say why
            }
        });
        byte[] output = process.getInputStream().readAllBytes();
        int exit = process.waitFor();
        feeder.join();
        return new Result(exit, output, Files.readString(errors));
    }
}
