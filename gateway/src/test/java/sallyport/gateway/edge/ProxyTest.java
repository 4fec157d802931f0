package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import sallyport.gateway.event.GatewayEvent;

/** Requests and answers through the HTTPS front, byte by byte. */
final class ProxyTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Test
    void a_request_reaches_the_device_and_its_answer_the_visitor() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            String answer = front.exchange("GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
            assertThat(answer).isEqualTo("""
                    HTTP/1.1 200 OK\r
                    Content-Length: 2\r
                    Connection: close\r
                    \r
                    ok""");
        }
    }

    @Test
    void the_target_reaches_the_device_byte_for_byte() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            String target = "/a%5B0%5D//../x;y=[1]?q=%2F&\u00e4=\u00ff\"<>|";
            front.exchange("GET " + target + " HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
            assertThat(device.heads().getFirst()).startsWith("GET " + target + " HTTP/1.1\r\n");
        }
    }

    @Test
    void an_absolute_target_becomes_a_path() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            try (RawVisitor visitor = front.visitor()) {
                visitor.send("GET https://DEV1.t.test/x?y HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                        .answer();
                visitor.send("GET http://dev1.t.test?y HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                        .answer();
                visitor.send("OPTIONS * HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").answer();
            }
            assertThat(device.heads())
                    .extracting(head -> head.substring(0, head.indexOf('\r')))
                    .containsExactly("GET /x?y HTTP/1.1", "GET /?y HTTP/1.1", "OPTIONS * HTTP/1.1");
        }
    }

    @Test
    void host_order_and_case_of_fields_stay_and_the_visitor_is_named() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.exchange("""
                    GET / HTTP/1.1\r
                    hOsT: dev1.t.test:8443\r
                    X-ODD: 1\r
                    Authorization: Digest x\r
                    x-odd: 2\r
                    Origin: https://dev1.t.test:8443\r
                    Connection: close\r
                    \r
                    """);
            assertThat(device.heads()
                            .getFirst()
                            .replaceAll("sallyport-[0-9a-f]{12}", "SELF")
                            .replaceAll("Id: [0-9a-f]{12}-[0-9a-f]+", "Id: ID"))
                    .isEqualTo("""
                    GET / HTTP/1.1\r
                    hOsT: dev1.t.test:8443\r
                    X-ODD: 1\r
                    Authorization: Digest x\r
                    x-odd: 2\r
                    Origin: https://dev1.t.test:8443\r
                    X-Forwarded-For: 127.0.0.1\r
                    X-Forwarded-Proto: https\r
                    X-Forwarded-Host: dev1.t.test:8443\r
                    Forwarded: for=127.0.0.1;host="dev1.t.test:8443";proto=https\r
                    X-Request-Id: ID\r
                    Via: 1.1 SELF\r
                    \r
                    """);
        }
    }

    @Test
    void identity_from_outside_and_hop_by_hop_fields_do_not_reach_the_device() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.exchange("""
                    GET / HTTP/1.1\r
                    Host: dev1.t.test\r
                    X-Forwarded-For: 6.6.6.6\r
                    X_Forwarded_For: 6.6.6.6\r
                    x-forwarded-server: 6.6.6.6\r
                    Forwarded: for=6.6.6.6\r
                    X-Real-IP: 6.6.6.6\r
                    Connection: close, X-Secret, Host, Authorization, X-Forwarded-For\r
                    X-Secret: 6.6.6.6\r
                    Authorization: Basic eA==\r
                    Keep-Alive: 6.6.6.6\r
                    Proxy-Connection: 6.6.6.6\r
                    HTTP2-Settings: 6.6.6.6\r
                    \r
                    """);
            assertThat(device.heads().getFirst())
                    .doesNotContain("6.6.6.6")
                    .contains(
                            "Host: dev1.t.test\r\n", "Authorization: Basic eA==\r\n", "X-Forwarded-For: 127.0.0.1\r\n");
        }
    }

    @Test
    void pipelined_requests_are_answered_in_order_over_one_connection() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + head.charAt(5));
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET /1 HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n"
                    .concat("GET /2 HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                    .concat("GET /3 HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n"));
            assertThat(visitor.rest().replaceAll("(?s)HTTP.*?\r\n\r\n", "")).isEqualTo("123");
            assertThat(device.connections()).isOne();
        }
    }

    @Test
    void chunks_and_trailers_pass_both_ways() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    StringBuilder body = new StringBuilder();
                    while (!body.toString().endsWith("\r\n\r\n")) {
                        body.append((char) connection.read());
                    }
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    connection.send("3\r\nabc\r\n0\r\nX-Sum: " + body.indexOf("X-Check: 7") + "\r\n\r\n");
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("""
                    POST / HTTP/1.1\r
                    Host: dev1.t.test\r
                    Transfer-Encoding: chunked\r
                    \r
                    5;ext="a"\r
                    hello\r
                    0\r
                    X-Check: 7\r
                    Content-Length: 9\r
                    Host: evil\r
                    \r
                    """);
            assertThat(visitor.until("0\r\nX-Sum: 13\r\n\r\n")).endsWith("""
                    Transfer-Encoding: chunked\r
                    \r
                    3\r
                    abc\r
                    0\r
                    X-Sum: 13\r
                    \r
                    """);
        }
    }

    @Test
    void an_upload_waits_for_the_device_to_want_it() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    assertThat(connection.head()).contains("Expect: 100-continue\r\n");
                    connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + connection.read(5));
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("PUT /f HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(visitor.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(visitor.send("12345").answer()).endsWith("\r\n\r\n12345");
        }
    }

    @Test
    void an_early_answer_stops_the_upload_and_ends_the_connection() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 413 Too Big\r\nContent-Length: 3\r\n\r\nbig");
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("PUT /f HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(visitor.rest())
                    .startsWith("HTTP/1.1 413 Too Big\r\n")
                    .contains("Connection: close")
                    .endsWith("big");
        }
    }

    @Test
    void a_length_of_many_zeros_is_a_request_without_a_body() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("POST / HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 000\r\n\r\n");
            assertThat(visitor.answer()).endsWith("ok");
            assertThat(device.heads().getFirst()).contains("Content-Length: 0\r\n");
        }
    }

    @Test
    void an_upload_of_which_the_first_bytes_come_with_the_head_starts_at_once() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    String first = connection.read(4);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + first);
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("POST / HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 9\r\n\r\n0123");
            assertThat(visitor.answer()).endsWith("0123");
        }
    }

    @Test
    void interim_answers_pass() throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK);
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
            assertThat(visitor.head()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
            assertThat(visitor.answer()).endsWith("ok");
        }
    }

    @Test
    void answers_to_head_and_without_content_have_no_body() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n");
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    connection.head();
                    connection.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 70\r\nETag: \"x\"\r\n\r\n");
                    connection.head();
                    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            assertThat(visitor.send("HEAD / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                            .head())
                    .contains("Content-Length: 70");
            assertThat(visitor.send("HEAD / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                            .head())
                    .isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
            assertThat(visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                            .head())
                    .startsWith("HTTP/1.1 304 Not Modified\r\n");
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
            assertThat(visitor.rest()).isEqualTo("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }
    }

    @Test
    void an_answer_that_ends_with_the_connection_becomes_chunks() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.0 200 OK\nContent-Type: text/plain\n\nold web server");
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
            assertThat(visitor.until("\r\n0\r\n\r\n"))
                    .isEqualTo("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\ne\r\nold web server\r\n0\r\n\r\n");
        }
    }

    @Test
    void a_visitor_of_http_1_0_gets_no_chunks() throws Exception {
        try (RawDevice device = RawDevice.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
                TestFront front = TestFront.leadingTo(device)) {
            assertThat(front.exchange("GET / HTTP/1.0\r\n\r\n"))
                    .isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok");
            assertThat(device.heads().getFirst()).startsWith("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n");
        }
    }

    @Test
    void server_sent_events_arrive_as_they_are_sent() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
                    connection.await(seen);
                    connection.send("data: 2\n\n");
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET /events HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
            assertThat(visitor.until("data: 1\n\n\r\n")).contains("text/event-stream");
            seen.countDown();
            assertThat(visitor.until("data: 2\n\n\r\n")).endsWith("data: 2\n\n\r\n");
        }
    }

    @Test
    void two_visitors_never_share_a_device_connection_and_one_visitor_keeps_its_own() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawVisitor first = front.visitor();
                RawVisitor second = front.visitor()) {
            for (int i = 0; i < 3; i++) {
                first.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").answer();
                second.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").answer();
            }
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_slow_visitor_stops_the_device_and_gets_everything_in_the_end() throws Exception {
        int size = 64 * 1024 * 1024;
        AtomicLong sent = new AtomicLong();
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    byte[] block = new byte[64 * 1024];
                    while (sent.get() < size) {
                        connection.out().write(block);
                        sent.addAndGet(block.length);
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET /big HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n")
                    .head();
            long stalledAt = settled(sent);
            assertThat(stalledAt).isLessThan(size / 2);
            assertThat(visitor.socket().getInputStream().skip(size)).isEqualTo(size);
        }
    }

    @Test
    void a_slow_device_stops_the_visitor_and_gets_everything_in_the_end() throws Exception {
        int size = 64 * 1024 * 1024;
        CountDownLatch go = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.await(go);
                    connection.in().skipNBytes(size);
                    connection.send(OK);
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("PUT /f HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: " + size + "\r\n\r\n");
            Thread upload = Thread.ofVirtual().start(() -> {
                try {
                    byte[] block = new byte[64 * 1024];
                    while (sent.get() < size) {
                        visitor.send(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(settled(sent)).isLessThan(size / 2);
            go.countDown();
            upload.join();
            assertThat(visitor.answer()).endsWith("ok");
        }
    }

    /** The counter's value once it has stood still for a while. */
    private static long settled(AtomicLong counter) {
        long[] last = {-1, 0};
        await().until(() -> {
            long now = counter.get();
            last[1] = now > 0 && now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] >= 3;
        });
        return counter.get();
    }

    @Test
    void a_request_that_has_been_here_before_is_a_loop() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.exchange("GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
            String head = device.heads().getFirst();
            String via = head.substring(head.indexOf("Via: "), head.indexOf("\r\n", head.indexOf("Via: ")));
            String again = front.exchange(
                    "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n" + via + ", 1.1 other\r\nConnection: close\r\n\r\n");
            assertThat(again).startsWith("HTTP/1.1 508 ").contains("SP-508");
        }
    }

    @Test
    void a_visitor_who_leaves_ends_the_devices_connection() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
                    try {
                        connection.read();
                    } finally {
                        ended.countDown();
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").head();
            visitor.leave();
            ended.await();
            assertThat(ended.getCount()).isZero();
        }
    }

    @Test
    void every_request_is_told_with_device_status_and_bytes() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.exchange("GET /x HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
            await().until(() -> !front.events(GatewayEvent.RequestServed.class).isEmpty());
            GatewayEvent.RequestServed served =
                    front.events(GatewayEvent.RequestServed.class).getFirst();
            assertThat(served.device()).contains(TestFront.DEV1);
            assertThat(served.hostname()).contains(TestFront.NAME);
            assertThat(served.asked().method() + " " + served.asked().target() + " " + served.status() + " "
                            + served.bytesOut())
                    .isEqualTo("GET /x 200 2");
            assertThat(served.problem()).isEmpty();
        }
    }
}
