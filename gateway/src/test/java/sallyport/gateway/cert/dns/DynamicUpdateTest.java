package sallyport.gateway.cert.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.config.AcmeConfig.DnsProvider;

/** Dynamic updates against BIND 9. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DynamicUpdateTest {
    private static final String SECRET = "c2FsbHlwb3J0LXRlc3Qtc2VjcmV0LTEyMzQ1Njc4OTA=";
    private static final String RECORD = "_acme-challenge.lab.zone.test";

    private Path folder = Path.of("");
    private Process named;
    private int port;

    @BeforeAll
    void start(@TempDir Path own) throws Exception {
        folder = own;
        port = ThreadLocalRandom.current().nextInt(20_200, 29_800);
        Files.writeString(folder.resolve("zone.db"), """
                $TTL 60
                @ IN SOA ns.zone.test. hostmaster.zone.test. 1 3600 600 86400 60
                @ IN NS ns.zone.test.
                ns IN A 127.0.0.1
                """);
        Files.writeString(folder.resolve("named.conf"), """
                options {
                  directory "%s"; pid-file none; session-keyfile none; managed-keys-directory "%s";
                  listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
                  recursion no; dnssec-validation no; allow-transfer { none; };
                };
                controls { };
                key "updater" { algorithm hmac-sha256; secret "%s"; };
                zone "zone.test" { type primary; file "zone.db"; update-policy { grant updater zonesub TXT; }; };
                """.formatted(folder, folder, port, SECRET));
        String program = List.of("/usr/sbin/named", "/usr/bin/named").stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElse("named");
        named = new ProcessBuilder(program, "-g", "-n", "1", "-c", "" + folder.resolve("named.conf"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        awaitListener();
    }

    private void awaitListener() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !named.isAlive()) {
                    throw new AssertionError(Files.readString(folder.resolve("log")), e);
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    @AfterAll
    void stop() throws InterruptedException {
        named.destroy();
        if (!named.waitFor(10, TimeUnit.SECONDS)) {
            named.destroyForcibly();
        }
    }

    private TxtRecords updates(String zone, String key, String secret) {
        return TxtRecords.of(
                new DnsProvider.Update(InetSocketAddress.createUnresolved("127.0.0.1", port), zone, key, secret));
    }

    /** What the server answers to a question for the record, asked by hand (RFC 1035 section 4). */
    private List<String> published() throws IOException {
        byte[] question = new DnsMessage.Writer()
                .u16(7)
                .u16(0)
                .u16(1)
                .u16(0)
                .u16(0)
                .u16(0)
                .name(RECORD)
                .u16(16)
                .u16(1)
                .bytes();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(10_000);
            socket.send(new DatagramPacket(question, question.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
            socket.receive(answer);
            ByteBuffer bytes = ByteBuffer.wrap(answer.getData(), 0, answer.getLength());
            int count = bytes.getShort(6);
            bytes.position(question.length);
            List<String> values = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                bytes.position(bytes.position() + 12); // a pointer to the name, type, class, TTL, length
                byte[] text = new byte[bytes.get()];
                bytes.get(text);
                values.add(new String(text, StandardCharsets.US_ASCII));
            }
            return values;
        }
    }

    @Test
    void values_are_added_and_taken_away_one_by_one() throws Exception {
        TxtRecords updates = updates("zone.test", "updater", SECRET);
        updates.add(RECORD, "one");
        updates.add(RECORD, "two");
        assertThat(published()).containsExactlyInAnyOrder("one", "two");
        updates.remove(RECORD, "one");
        assertThat(published()).containsExactly("two");
        updates.remove(RECORD, "two");
        assertThat(published()).isEmpty();
    }

    @Test
    void a_wrong_key_and_a_wrong_zone_are_refused_in_words() {
        String wrong = "d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc=";
        assertThatThrownBy(() -> updates("zone.test", "updater", wrong).add(RECORD, "x"))
                .isInstanceOfSatisfying(
                        DnsFailure.class, e -> assertThat(e.detail()).contains("refused the update: NOTAUTH"));
        assertThatThrownBy(() -> updates("other.test", "updater", SECRET).add(RECORD, "x"))
                .isInstanceOfSatisfying(
                        DnsFailure.class, e -> assertThat(e.detail()).contains("NOTAUTH"));
    }

    @Test
    void an_answer_that_was_altered_or_signed_by_nobody_is_noticed() {
        TransactionSignature signature = new TransactionSignature("updater", new byte[32]);
        byte[] message = new DnsMessage(7).zone("zone.test").bytes();
        TransactionSignature.Signed request = signature.sign(message, Instant.EPOCH);
        assertThat(signature.verifies(message, request.mac())).isFalse();
        byte[] altered = Arrays.copyOf(request.message(), request.message().length);
        altered[3] ^= 1;
        assertThat(signature.verifies(altered, request.mac())).isFalse();
    }
}
