package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Visitor;
import sallyport.testkit.WireTap;

/** A ClientHello that comes in pieces, cut at any byte: of the TCP stream or of the TLS record. */
@Tag("proof")
@ExtendWith(SharedGateway.class)
class CutHelloTest {
    private static final int HEADER = 5;

    /** Two segments of one record. */
    private static List<byte[]> segments(byte[] record, int cut) {
        return List.of(Arrays.copyOf(record, cut), Arrays.copyOfRange(record, cut, record.length));
    }

    /** Two records with one message (RFC 8446 section 5.1); the hash over the handshake does not change. */
    private static List<byte[]> records(byte[] record, int cut) {
        int middle = Math.max(HEADER + 1, cut);
        return List.of(
                record(record, Arrays.copyOfRange(record, HEADER, middle)),
                record(record, Arrays.copyOfRange(record, middle, record.length)));
    }

    private static byte[] record(byte[] like, byte[] content) {
        byte[] record = new byte[HEADER + content.length];
        System.arraycopy(like, 0, record, 0, 3);
        record[3] = (byte) (content.length >> 8);
        record[4] = (byte) content.length;
        System.arraycopy(content, 0, record, HEADER, content.length);
        return record;
    }

    @Test
    void everyCutIsRoutedWhereTheGatewayEndsTls(Scene scene) throws IOException {
        scene.online("cut-here", scene.use(FakeAppliance.plain("cut-here")).port());
        WireTap tap = scene.use(WireTap.before(scene.gateway().ports().https()));

        for (int cut = 1; cut < helloLength(tap, "cut-here"); cut += Size.of(37, 1)) {
            assertAnswered(tap, "cut-here", cut, CutHelloTest::segments);
            assertAnswered(tap, "cut-here", cut, CutHelloTest::records);
        }
    }

    @Test
    void everyCutIsRoutedToTheDeviceAndNoByteDiffersBetweenTheTwoEnds(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("cut-there"));
        WireTap device = scene.use(WireTap.before(appliance.port()));
        int port = scene.newPort();
        KeyFile key = scene.enrol("cut-there", enrolled -> enrolled.port(port).with("tls", "\"passthrough\""));
        scene.use(scene.ssh(key).forward(port, device.port()).start());
        scene.answered(() -> scene.gateway().visit("cut-there", "/").trustingAnything());
        WireTap tap = scene.use(WireTap.before(scene.gateway().ports().https()));

        for (int cut = 1; cut < helloLength(tap, "cut-there"); cut += Size.of(37, 1)) {
            for (BiFunction<byte[], Integer, List<byte[]>> how :
                    List.<BiFunction<byte[], Integer, List<byte[]>>>of(CutHelloTest::segments, CutHelloTest::records)) {
                assertAnswered(tap, "cut-there", cut, how);
                assertReceived(device, tap.conversations().getLast(), cut);
            }
        }
    }

    /** The gateway looks at the device by itself too, so the conversation is not always the last one. */
    private static void assertReceived(WireTap device, WireTap.Conversation seen, int cut) {
        byte[] sent = seen.sent();
        WireTap.Conversation there = await().alias("cut at " + cut)
                .until(
                        () -> device.conversations().stream()
                                .filter(WireTap.Conversation::isOver)
                                .filter(conversation -> Arrays.equals(conversation.sent(), sent))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(there.received()).as("cut at %d", cut).isEqualTo(seen.received());
    }

    private static int helloLength(WireTap tap, String device) throws IOException {
        int[] length = new int[1];
        tap.pieces(record -> {
            length[0] = record.length;
            return List.of(record);
        });
        get(tap, device);
        return length[0];
    }

    private static void assertAnswered(
            WireTap tap, String device, int cut, BiFunction<byte[], Integer, List<byte[]>> how) throws IOException {
        tap.pieces(record -> how.apply(record, Math.min(cut, record.length - 1)));
        assertThat(get(tap, device)).as("cut at %d", cut).isEqualTo(200);
    }

    private static int get(WireTap tap, String device) throws IOException {
        String host = GatewayProcess.hostname(device);
        try (Visitor visitor = Visitor.tls(tap.port(), host, Visitor.trustingAnything())) {
            return visitor.get(host, "/").status();
        }
    }
}
