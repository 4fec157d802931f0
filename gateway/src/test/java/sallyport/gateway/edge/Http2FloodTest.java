package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/**
 * Attacks that HTTP/2 makes cheap (CVE-2023-44487, CVE-2025-8671, CVE-2026-33871 and their kin): the offender's connection
 * ends within a second, and a visitor beside it is served as before.
 */
final class Http2FloodTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int FRAMES = 10_000;
    private static final int INITIAL_WINDOW_SIZE = 4;

    /** What an attacker writes for stream {@code 2 * i + 1}. */
    private interface Attack {
        byte[] round(int stream) throws IOException;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] headers(int flags, int stream, String... more) {
        return RawHttp2Visitor.frame(
                RawHttp2Visitor.HEADERS,
                flags,
                stream,
                RawHttp2Visitor.block(RawHttp2Visitor.fields("GET", "/", more)));
    }

    private static byte[] get(int stream) {
        return headers(RawHttp2Visitor.END_HEADERS | RawHttp2Visitor.END_STREAM, stream);
    }

    private static void endsTheOffender(byte[] first, Attack attack) throws Exception {
        endsTheOffender(Duration.ofSeconds(2), first, attack);
    }

    private static void endsTheOffender(Duration limit, byte[] first, Attack attack) throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    while (connection.head().contains("/beside")) {
                        connection.send(OK);
                    }
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor beside = RawHttp2Visitor.open(front);
                RawHttp2Visitor offender = RawHttp2Visitor.open(front)) {
            assertThat(beside.get(1, "/beside").answer(1).body()).isEqualTo("ok");
            long start = System.nanoTime();
            Thread writer = Thread.ofVirtual().start(() -> write(offender, first, attack));
            assertThat(offender.ends()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
            writer.join();
            assertThat(beside.get(3, "/beside").answer(3).body()).isEqualTo("ok");
            assertThat(front.https.visitors()).isOne();
        }
    }

    private static void write(RawHttp2Visitor offender, byte[] first, Attack attack) {
        try {
            offender.bytes(first);
            for (int i = 0; i < FRAMES; i++) {
                offender.bytes(attack.round(2 * i + 3));
            }
        } catch (IOException e) {
            return; // the connection ended, as it should
        }
    }

    @Test
    void rapid_reset() throws Exception {
        endsTheOffender(
                get(1),
                stream -> join(
                        get(stream),
                        RawHttp2Visitor.frame(RawHttp2Visitor.RST_STREAM, 0, stream, RawHttp2Visitor.number(8))));
    }

    @Test
    void resets_that_the_gateway_is_made_to_send() throws Exception {
        endsTheOffender(
                get(1),
                stream -> join(
                        get(stream),
                        RawHttp2Visitor.frame(RawHttp2Visitor.WINDOW_UPDATE, 0, stream, RawHttp2Visitor.number(0))));
    }

    @Test
    void malformed_requests_without_end() throws Exception {
        endsTheOffender(
                get(1),
                stream -> headers(
                        RawHttp2Visitor.END_HEADERS | RawHttp2Visitor.END_STREAM, stream, "connection", "close"));
    }

    @Test
    void continuations_without_end() throws Exception {
        endsTheOffender(headers(0, 1), stream -> RawHttp2Visitor.frame(RawHttp2Visitor.CONTINUATION, 0, 1));
        endsTheOffender(
                headers(0, 1),
                stream -> RawHttp2Visitor.frame(
                        RawHttp2Visitor.CONTINUATION, 0, 1, RawHttp2Visitor.block("x" + stream, "y".repeat(4000))));
    }

    /** One large entry in the table, then references of one byte each: 16 KiB that stand for 65 MB. */
    @Test
    void a_table_entry_that_is_used_thousands_of_times() throws Exception {
        byte[] entry = RawHttp2Visitor.block("a", "b".repeat(3900));
        entry[0] = 0x40; // with incremental indexing
        byte[] bomb = new byte[16_000];
        java.util.Arrays.fill(bomb, (byte) (0x80 | 62));
        byte[] head = RawHttp2Visitor.block(RawHttp2Visitor.fields("GET", "/"));
        int flags = RawHttp2Visitor.END_HEADERS | RawHttp2Visitor.END_STREAM;
        Duration withLeakDetector = Duration.ofSeconds(15); // which writes down each byte that the decoder reads
        endsTheOffender(
                withLeakDetector,
                RawHttp2Visitor.frame(RawHttp2Visitor.HEADERS, flags, 1, join(head, entry)),
                stream -> RawHttp2Visitor.frame(RawHttp2Visitor.HEADERS, flags, stream, join(head, bomb)));
    }

    @Test
    void a_cookie_in_hundreds_of_crumbs_is_one_field_for_the_device() throws Exception {
        String[] crumbs = new String[1200];
        for (int i = 0; i < crumbs.length; i += 2) {
            crumbs[i] = "cookie";
            crumbs[i + 1] = i % 4 == 0 ? "a=b" : "";
        }
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            assertThat(visitor.get(1, "/", crumbs).answer(1).status()).isEqualTo("200");
            assertThat(device.heads().getFirst())
                    .containsOnlyOnce("cookie: a=b; a=b")
                    .doesNotContain("; ;");
        }
    }

    @Test
    void settings() throws Exception {
        endsTheOffender(new byte[0], stream -> RawHttp2Visitor.frame(RawHttp2Visitor.SETTINGS, 0, 0));
    }

    @Test
    void pings() throws Exception {
        endsTheOffender(new byte[0], stream -> RawHttp2Visitor.frame(RawHttp2Visitor.PING, 0, 0, new byte[8]));
    }

    @Test
    void priorities() throws Exception {
        endsTheOffender(
                new byte[0],
                stream -> RawHttp2Visitor.frame(RawHttp2Visitor.PRIORITY, 0, stream, new byte[] {0, 0, 0, 0, 9}));
    }

    @Test
    void empty_data() throws Exception {
        endsTheOffender(
                headers(RawHttp2Visitor.END_HEADERS, 1), stream -> RawHttp2Visitor.frame(RawHttp2Visitor.DATA, 0, 1));
    }

    @Test
    void frames_that_nobody_knows() throws Exception {
        endsTheOffender(new byte[0], stream -> RawHttp2Visitor.frame(0x7f, 0, 0));
    }

    @Test
    void windows_that_open_without_anything_to_send() throws Exception {
        endsTheOffender(
                new byte[0],
                stream -> RawHttp2Visitor.frame(RawHttp2Visitor.WINDOW_UPDATE, 0, 0, RawHttp2Visitor.number(1)));
    }

    @Test
    void who_asks_for_much_and_takes_nothing() throws Exception {
        String large = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000);
        try (RawDevice device = RawDevice.answering(large);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor offender = RawHttp2Visitor.open(front, INITIAL_WINDOW_SIZE, 0)) {
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                offender.get(2 * i + 1, "/");
            }
            boolean ended = false;
            try {
                while (!ended) {
                    RawHttp2Visitor.Frame frame = offender.next();
                    ended = frame.type() == RawHttp2Visitor.GOAWAY;
                    if (frame.type() == RawHttp2Visitor.PING && (frame.flags() & RawHttp2Visitor.ACK) == 0) {
                        offender.send(RawHttp2Visitor.PING, RawHttp2Visitor.ACK, 0, frame.bytes());
                    }
                }
            } catch (java.net.SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                ended = true;
            }
            assertThat(ended).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            assertThat(front.events(GatewayEvent.VisitorRefused.class))
                    .anyMatch(event -> event.why().fault() == Fault.HTTP2_FLOOD);
        }
    }

    /** As many streams as may stall for good, each with an answer that is larger than everything that may wait. */
    @Test
    void a_connection_that_takes_nothing_holds_four_mebibytes_at_most() throws Exception {
        int connections = 2; // at a device that serves as many streams at a time as they have together
        String large = "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + "x".repeat(4_000_000);
        List<RawHttp2Visitor> holding = new ArrayList<>();
        try (RawDevice device = RawDevice.answering(large);
                TestFront front = TestFront.leadingTo(device)) {
            int streams = connections * Http2VisitorConnection.MAX_STALLED;
            front.publish(same -> same, route -> TestFront.with(route, "parallel-streams", "" + streams));
            long before = inUse();
            for (int i = 0; i < connections; i++) {
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front, INITIAL_WINDOW_SIZE, 0);
                holding.add(visitor);
                for (int stream = 0; stream < Http2VisitorConnection.MAX_STALLED; stream++) {
                    visitor.get(2 * stream + 1, "/");
                }
            }
            for (RawHttp2Visitor visitor : holding) {
                for (int heads = 0; heads < Http2VisitorConnection.MAX_STALLED; heads++) {
                    visitor.next(RawHttp2Visitor.HEADERS);
                }
            }
            long[] last = {-1};
            await().pollInterval(Duration.ofMillis(300)).until(() -> last[0] == (last[0] = inUse()));
            long each = (last[0] - before) / connections;
            assertThat(each).isBetween(1024L, 4L * 1024 * 1024);
        } finally {
            for (RawHttp2Visitor visitor : holding) {
                visitor.close();
            }
        }
    }

    /** Bytes that the library has taken from the system for buffers; what an attacker can make grow is in them. */
    private static long inUse() {
        ByteBufAllocatorMetric memory = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        return memory.usedDirectMemory() + memory.usedHeapMemory();
    }

    @Test
    void a_slow_visitor_who_takes_little_is_no_offender() throws Exception {
        String body = "x".repeat(100_000);
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front, INITIAL_WINDOW_SIZE, 1000)) {
            visitor.get(1, "/");
            int got = 0;
            while (got < body.length()) {
                RawHttp2Visitor.Frame data = visitor.next(RawHttp2Visitor.DATA);
                got += data.payload().length();
                if (data.payload().length() > 0) {
                    visitor.send(
                            RawHttp2Visitor.WINDOW_UPDATE,
                            0,
                            1,
                            RawHttp2Visitor.number(data.payload().length()));
                    visitor.send(
                            RawHttp2Visitor.WINDOW_UPDATE,
                            0,
                            0,
                            RawHttp2Visitor.number(data.payload().length()));
                }
            }
            assertThat(new String(new byte[got], StandardCharsets.US_ASCII)).hasSize(body.length());
        }
    }
}
