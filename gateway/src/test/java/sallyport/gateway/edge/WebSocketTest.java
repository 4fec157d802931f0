package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.time.HandTimers;

/** After 101 the connection is opaque, and no timer of HTTP cuts it (cases G16, G17). */
final class WebSocketTest {
    private static final String UPGRADE = """
            GET /live HTTP/1.1\r
            Host: dev1.t.test:8443\r
            Origin: https://dev1.t.test:8443\r
            Connection: keep-alive, Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;
    private static final String SWITCHING = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r
            """;

    @Test
    void bytes_pass_both_ways_untouched_after_the_switch() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send(SWITCHING + "\u0081\u0002hi");
                    connection.send(connection.read(6));
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            assertThat(visitor.send(UPGRADE).head()).startsWith("HTTP/1.1 101 ").contains("Upgrade: websocket\r\n");
            assertThat(visitor.read(4)).isEqualTo("\u0081\u0002hi");
            assertThat(visitor.send("\r\n\u0000\u00ffGE").read(6)).isEqualTo("\r\n\u0000\u00ffGE");
            assertThat(visitor.rest()).isEmpty();
            assertThat(device.heads().getFirst())
                    .contains(
                            "Origin: https://dev1.t.test:8443\r\n", "Host: dev1.t.test:8443\r\n", "Upgrade: websocket");
            await().until(() -> !front.events(GatewayEvent.RequestServed.class).isEmpty());
            assertThat(front.events(GatewayEvent.RequestServed.class).getFirst())
                    .matches(event -> event.status() == 101 && event.bytesIn() == 6 && event.bytesOut() == 10);
        }
    }

    @Test
    void silence_longer_than_every_http_deadline_cuts_neither_websocket_nor_events() throws Exception {
        HandTimers timers = new HandTimers();
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger waiting = new AtomicInteger();
        try (RawDevice device = RawDevice.running(connection -> {
                    boolean socket = connection.head().contains("/live");
                    connection.send(socket ? SWITCHING : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
                    waiting.incrementAndGet();
                    connection.await(go);
                    connection.send("late");
                });
                TestFront front = new TestFront(settings -> settings, timers)) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            try (RawVisitor socket = front.visitor();
                    RawVisitor events = front.visitor()) {
                socket.send(UPGRADE).head();
                events.send("GET /events HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").head();
                timers.advance(Duration.ofHours(1));
                front.loops.group().next().submit(() -> {}).get(5, TimeUnit.SECONDS);
                go.countDown();
                assertThat(socket.read(4)).isEqualTo("late");
                assertThat(events.until("late\r\n")).isEqualTo("4\r\nlate\r\n");
            }
        }
    }

    @Test
    void a_change_of_an_option_ends_only_connections_that_live_by_it_and_before_it_is_done() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send(SWITCHING);
                    connection.send(connection.read(4));
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(UPGRADE).head();
            front.publish(d -> d, route -> TestFront.with(route, "host", "cam.lan"));
            assertThat(visitor.send("ping").read(4)).isEqualTo("ping");
            front.publish(d -> d, route -> TestFront.with(route, "websocket-idle", "1h"));
            assertThat(visitor.isCutOff()).isTrue();
        }
    }

    @Test
    void what_comes_behind_a_request_to_switch_waits_for_the_answer_and_goes_on_after_it() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger early = new AtomicInteger(-1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.await(answer);
                    early.set(connection.in().available());
                    connection.send(SWITCHING);
                    connection.send(connection.read(5));
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(UPGRADE + "GET /");
            await().until(() -> !device.heads().isEmpty());
            answer.countDown();
            assertThat(visitor.head()).startsWith("HTTP/1.1 101 ");
            assertThat(visitor.rest()).isEqualTo("GET /");
            assertThat(early).hasValue(0);
        }
    }

    @Test
    void after_a_refused_switch_the_connection_ends_and_nothing_behind_it_is_taken_for_a_request() throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(UPGRADE + "GET /smuggled HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
            assertThat(visitor.rest())
                    .startsWith("HTTP/1.1 403 ")
                    .contains("Connection: close\r\n")
                    .endsWith("\r\n\r\nno");
            assertThat(device.heads()).hasSize(1);
        }
    }

    @Test
    void a_reset_of_the_device_is_a_cut_for_the_visitor() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send(SWITCHING);
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(UPGRADE).head();
            device.resetAll();
            assertThat(visitor.isCutOff()).isTrue();
        }
    }

    // over HTTP/2 (RFC 8441)

    private static final String KEY = "sec-websocket-key: ";

    private static String proof(String head) {
        int at = head.indexOf(KEY) + KEY.length();
        return new WebSocketKey(head.substring(at, head.indexOf("\r\n", at))).accept();
    }

    private static void connect(RawHttp2Visitor visitor, int stream) throws Exception {
        String[] fields = RawHttp2Visitor.fields(
                "CONNECT",
                "/live",
                ":protocol",
                "websocket",
                "sec-websocket-version",
                "13",
                "origin",
                "https://dev1.t.test");
        visitor.send(RawHttp2Visitor.HEADERS, RawHttp2Visitor.END_HEADERS, stream, RawHttp2Visitor.block(fields));
    }

    @Test
    void a_stream_of_http2_becomes_an_upgrade_at_the_device_and_carries_its_bytes() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    String head = connection.head();
                    connection.send(SWITCHING.replace("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", proof(head)) + "first");
                    connection.send(connection.read(9));
                    if (connection.read() < 0) {
                        ended.countDown();
                    }
                    connection.send("last");
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            connect(visitor, 1);
            visitor.data(1, "ahead", false); // before any answer
            visitor.data(1, "then", false).data(1, "", true);
            RawHttp2Visitor.Answer answer = visitor.answer(1);
            assertThat(answer.status()).isEqualTo("200");
            assertThat(answer.head()).doesNotContainKeys("upgrade", "connection", "sec-websocket-accept");
            assertThat(answer.body()).isEqualTo("firstaheadthenlast");
            ended.await();
            assertThat(device.heads().getFirst())
                    .startsWith("GET /live HTTP/1.1\r\n")
                    .contains("Connection: Upgrade\r\n", "Upgrade: websocket\r\n", "sec-websocket-version: 13\r\n");
        }
    }

    @Test
    void a_switch_over_http2_without_proof_that_the_key_was_read_is_refused() throws Exception {
        try (RawDevice device = RawDevice.answering(SWITCHING);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            connect(visitor, 1);
            assertThat(visitor.answer(1).status()).isEqualTo("502");
        }
    }

    @Test
    void after_a_refused_switch_the_stream_ends_and_what_was_sent_ahead_goes_nowhere() throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            connect(visitor, 1);
            visitor.data(1, "GET /smuggled HTTP/1.1\r\n\r\n", false);
            assertThat(visitor.answer(1).status()).isEqualTo("403");
            assertThat(visitor.next(RawHttp2Visitor.RST_STREAM).stream()).isEqualTo(1);
            assertThat(device.heads()).hasSize(1);
        }
    }

    @Test
    void a_reset_passes_from_the_visitor_to_the_device_and_back() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    String head = connection.head();
                    connection.send(SWITCHING.replace("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", proof(head)));
                    try {
                        connection.read();
                    } finally {
                        cut.countDown();
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            connect(visitor, 1);
            visitor.next(RawHttp2Visitor.HEADERS);
            visitor.send(RawHttp2Visitor.RST_STREAM, 0, 1, RawHttp2Visitor.number(8));
            cut.await();
            connect(visitor, 3);
            visitor.next(RawHttp2Visitor.HEADERS);
            device.resetAll();
            assertThat(visitor.next(RawHttp2Visitor.RST_STREAM).stream()).isEqualTo(3);
        }
    }

    @Test
    void another_protocol_than_websocket_is_not_spoken() throws Exception {
        try (RawDevice device = RawDevice.answering("");
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            String[] fields = RawHttp2Visitor.fields("CONNECT", "/", ":protocol", "connect-ip");
            visitor.send(RawHttp2Visitor.HEADERS, RawHttp2Visitor.END_HEADERS, 1, RawHttp2Visitor.block(fields));
            assertThat(visitor.answer(1).status()).isEqualTo("501");
            assertThat(device.heads()).isEmpty();
        }
    }
}
