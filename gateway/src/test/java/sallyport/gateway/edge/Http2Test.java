package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.edge.RawHttp2Visitor.Answer;
import sallyport.gateway.edge.RawHttp2Visitor.Frame;
import sallyport.gateway.event.GatewayEvent;

/** Visitors of HTTP/2 meet the same proxy (RFC 9113); what they send becomes HTTP/1.1 for the device. */
final class Http2Test {
    private static final int PROTOCOL_ERROR = 1;
    private static final int NO_ERROR = 0;
    private static final int INTERNAL_ERROR = 2;
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Device: Yes\r\n\r\nok";

    @Test
    void http2_is_agreed_upon_where_both_can_and_http1_where_the_visitor_cannot() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            try (SSLSocket both = RawHttp2Visitor.offering(front.address, "dev1.t.test", "http/1.1", "h2");
                    SSLSocket old = RawHttp2Visitor.offering(front.address, "dev1.t.test", "http/1.1")) {
                assertThat(both.getApplicationProtocol()).isEqualTo("h2");
                assertThat(old.getApplicationProtocol()).isEqualTo("http/1.1");
            }
            assertThatThrownBy(() -> RawHttp2Visitor.offering(front.address, "dev1.t.test", "spdy/3"))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void http2_can_be_off_for_a_hostname() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, route -> TestFront.with(route, "http2", "off"));
            try (SSLSocket both = RawHttp2Visitor.offering(front.address, "dev1.t.test", "h2", "http/1.1")) {
                assertThat(both.getApplicationProtocol()).isEqualTo("http/1.1");
            }
            assertThatThrownBy(() -> RawHttp2Visitor.offering(front.address, "dev1.t.test", "h2"))
                    .hasMessageContaining("no_application_protocol");
        }
    }

    @Test
    void a_request_reaches_the_device_as_http1_and_its_answer_comes_back() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.get(1, "/a%5B?b=c|d", "accept", "text/html", "cookie", "a=1", "cookie", "b=2", "te", "trailers");
            Answer answer = visitor.answer(1);
            assertThat(answer.status()).isEqualTo("200");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.head()).containsEntry("x-device", "Yes").doesNotContainKey("connection");
            assertThat(device.heads().getFirst())
                    .startsWith("GET /a%5B?b=c|d HTTP/1.1\r\n")
                    .containsOnlyOnce("host: dev1.t.test\r\n")
                    .contains(
                            "cookie: a=1; b=2\r\n",
                            "Via: 2 sallyport-",
                            "X-Forwarded-For: 127.0.0.1\r\n",
                            "TE: trailers");
        }
    }

    @Test
    void parallel_streams_use_connections_of_their_own_which_later_streams_use_again() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (RawDevice device = RawDevice.running(connection -> {
                    for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                        both.countDown();
                        connection.await(both);
                        connection.send(OK);
                    }
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, route -> TestFront.with(route, "parallel-streams", "3")); // no room for spares
            askInParallel(device, front);
        }
    }

    private static void askInParallel(RawDevice device, TestFront front) throws IOException {
        try (RawHttp2Visitor visitor = RawHttp2Visitor.open(front);
                RawHttp2Visitor other = RawHttp2Visitor.open(front)) {
            visitor.get(1, "/1").get(3, "/3");
            assertThat(visitor.answer(1).body() + visitor.answer(3).body()).isEqualTo("okok");
            assertThat(device.connections()).isEqualTo(2);
            visitor.get(5, "/5");
            assertThat(visitor.answer(5).body()).isEqualTo("ok");
            assertThat(device.connections()).isEqualTo(2);
            other.get(1, "/other");
            assertThat(other.answer(1).body()).isEqualTo("ok");
            assertThat(device.connections()).isEqualTo(3);
        }
    }

    @Test
    void bodies_and_trailers_pass_both_ways() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    StringBuilder body = new StringBuilder();
                    while (!body.toString().endsWith("\r\n\r\n")) {
                        body.append((char) connection.read());
                    }
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n"
                            + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\nSum: 7\r\n\r\n");
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up").data(1, "hello", false);
            visitor.send(
                    RawHttp2Visitor.HEADERS,
                    RawHttp2Visitor.END_HEADERS | RawHttp2Visitor.END_STREAM,
                    1,
                    RawHttp2Visitor.block("check", "5"));
            Answer answer = visitor.answer(1);
            assertThat(answer.body()).isEqualTo("5\r\nhello\r\n0\r\ncheck: 5\r\n\r\n");
            assertThat(answer.trailers()).containsEntry("sum", "7");
        }
    }

    @Test
    void an_empty_frame_that_comes_with_the_head_is_no_body_and_one_that_comes_later_is_an_empty_one()
            throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    while (connection.head().contains("/together")) {
                        connection.send(OK);
                    }
                    connection.read(5);
                    connection.send(OK);
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            ByteArrayOutputStream together = new ByteArrayOutputStream();
            byte[] head = RawHttp2Visitor.block(RawHttp2Visitor.fields("GET", "/together"));
            together.writeBytes(RawHttp2Visitor.frame(RawHttp2Visitor.HEADERS, RawHttp2Visitor.END_HEADERS, 1, head));
            together.writeBytes(RawHttp2Visitor.frame(RawHttp2Visitor.DATA, RawHttp2Visitor.END_STREAM, 1));
            assertThat(visitor.bytes(together.toByteArray()).answer(1).status()).isEqualTo("200");
            assertThat(device.heads().getFirst()).doesNotContainIgnoringCase("transfer-encoding");

            visitor.send(
                    RawHttp2Visitor.HEADERS,
                    RawHttp2Visitor.END_HEADERS,
                    3,
                    RawHttp2Visitor.block(RawHttp2Visitor.fields("GET", "/apart")));
            await().until(() -> device.heads().size() == 2);
            assertThat(device.heads().getLast()).containsIgnoringCase("transfer-encoding: chunked");
            assertThat(visitor.data(3, "", true).answer(3).status()).isEqualTo("200");
        }
    }

    @Test
    void interim_answers_come_before_the_answer() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                    connection.send(connection.read(2).equals("hi") ? OK : "");
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/", "expect", "100-continue", "content-length", "2");
            assertThat(visitor.next(RawHttp2Visitor.HEADERS).ends()).isFalse();
            assertThat(visitor.next(RawHttp2Visitor.HEADERS).ends()).isFalse();
            Answer answer = visitor.data(1, "hi", true).answer(1);
            assertThat(answer.status()).isEqualTo("200");
        }
    }

    @Test
    void an_answer_that_breaks_off_resets_the_stream_and_no_other() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    while (connection.head().startsWith("GET /whole")) {
                        connection.send(OK);
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            Answer cut = visitor.get(1, "/cut").answer(1);
            assertThat(cut.reset()).contains(INTERNAL_ERROR);
            assertThat(cut.whole()).isFalse();
            assertThat(visitor.get(3, "/whole").answer(3).body()).isEqualTo("ok");
        }
    }

    @Test
    void a_reset_by_the_visitor_ends_the_exchange_at_the_device() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    try {
                        connection.read();
                    } finally {
                        ended.countDown();
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.get(1, "/slow");
            await().until(() -> device.heads().size() == 1);
            visitor.send(RawHttp2Visitor.RST_STREAM, 0, 1, RawHttp2Visitor.number(8));
            ended.await();
            await().until(() -> front.events(GatewayEvent.RequestServed.class).size() == 1);
            assertThat(front.events(GatewayEvent.RequestServed.class).getFirst().status())
                    .isEqualTo(AccessLog.VISITOR_LEFT);
        }
    }

    @Test
    void an_early_answer_is_whole_and_the_rest_of_the_body_is_not_wanted() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up", "content-length", "99999").data(1, "x", false);
            Answer answer = visitor.answer(1);
            assertThat(answer.status() + answer.body()).isEqualTo("413no");
            assertThat(visitor.next(RawHttp2Visitor.RST_STREAM).number()).isEqualTo(NO_ERROR);
        }
    }

    @Test
    void a_body_that_the_device_does_not_take_stops_at_its_window_and_holds_up_no_other_stream() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    if (connection.head().startsWith("POST")) {
                        connection.await(go);
                    }
                    connection.send(OK);
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up");
            byte[] piece = new byte[16 * 1024];
            for (int sent = 0; sent < Http2VisitorConnection.STREAM_WINDOW; sent += piece.length) {
                visitor.send(RawHttp2Visitor.DATA, 0, 1, piece);
            }
            assertThat(visitor.get(3, "/other").answer(3).body()).isEqualTo("ok");
            go.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection: close",
                "transfer-encoding: chunked",
                "upgrade: websocket",
                "keep-alive: 5",
                "proxy-connection: close",
                "te: gzip",
                "X-Upper: 1",
                "x: a\r\nx-smuggled: 1",
                "x: a\nb",
                "x: a\u0000b",
                "x:  leading",
                "x: trailing ",
                "x: tab\t",
                "a b: 1",
                "x\r\ny: 1",
                "x:y: 1",
                ": 1",
                "host: other.t.test",
                "content-length: 1",
                "content-length: +0",
                ":path: /again",
                ":status: 200",
                ":unknown: 1"
            })
    void a_malformed_field_resets_the_stream_and_nothing_reaches_the_device(String field) throws Exception {
        int colon = field.indexOf(": ");
        refused(RawHttp2Visitor.fields("GET", "/", field.substring(0, colon), field.substring(colon + 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "/a b", "/a\r\nb", "/a#b", "*", "https://dev1.t.test/", "/\u0000"})
    void a_malformed_path_resets_the_stream(String path) throws Exception {
        refused(RawHttp2Visitor.fields("GET", path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GE T", "GET / HTTP/1.1\r\nX: y\r\n\r\n"})
    void a_malformed_method_resets_the_stream(String method) throws Exception {
        refused(RawHttp2Visitor.fields(method, "/"));
    }

    private static void refused(String[] fields) throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.send(
                    RawHttp2Visitor.HEADERS,
                    RawHttp2Visitor.END_HEADERS | RawHttp2Visitor.END_STREAM,
                    1,
                    RawHttp2Visitor.block(fields));
            assertThat(visitor.answer(1).reset()).contains(PROTOCOL_ERROR);
            assertThat(visitor.get(3, "/next").answer(3).status()).isEqualTo("200");
            assertThat(device.heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_body_of_another_length_than_announced_never_ends_well_at_the_device(int length) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    try {
                        connection.read(2);
                        connection.read();
                    } finally {
                        ended.countDown();
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/", "content-length", "2").data(1, "x".repeat(length), true);
            assertThat(visitor.answer(1).reset()).contains(PROTOCOL_ERROR);
            await().until(() -> ended.getCount() == 0 || device.heads().isEmpty());
        }
    }

    @Test
    void a_body_that_comes_with_a_head_that_says_there_is_none_keeps_both_from_the_device() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            ByteArrayOutputStream together = new ByteArrayOutputStream();
            byte[] head = RawHttp2Visitor.block(RawHttp2Visitor.fields("POST", "/none", "content-length", "0"));
            together.writeBytes(RawHttp2Visitor.frame(RawHttp2Visitor.HEADERS, RawHttp2Visitor.END_HEADERS, 1, head));
            together.writeBytes(RawHttp2Visitor.frame(RawHttp2Visitor.DATA, RawHttp2Visitor.END_STREAM, 1, (byte) 'x'));
            assertThat(visitor.bytes(together.toByteArray()).answer(1).reset()).contains(PROTOCOL_ERROR);
            assertThat(visitor.get(3, "/next").answer(3).status()).isEqualTo("200");
            assertThat(device.heads()).singleElement().asString().startsWith("GET /next");
        }
    }

    @Test
    void a_head_that_is_too_large_is_said_so() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            assertThat(visitor.get(1, "/", "x", "y".repeat(9000)).answer(1).status())
                    .isEqualTo("431");
            String[] crumbs = new String[400];
            for (int i = 0; i < crumbs.length; i += 2) {
                crumbs[i] = "cookie";
                crumbs[i + 1] = "x".repeat(50);
            }
            assertThat(visitor.get(3, "/", crumbs).answer(3).status()).isEqualTo("431");
            assertThat(visitor.get(5, "/").answer(5).status()).isEqualTo("200");
            assertThat(device.heads()).hasSize(1);
        }
    }

    @Test
    void a_connection_names_its_one_origin_answers_421_for_others_and_ends_for_who_insists() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            Frame origin = visitor.next(RawHttp2Visitor.ORIGIN);
            assertThat(origin.payload().substring(2)).isEqualTo("https://dev1.t.test:8443");
            String[] other = {":method", "POST", ":scheme", "https", ":authority", "dev2.t.test", ":path", "/"};
            visitor.send(RawHttp2Visitor.HEADERS, RawHttp2Visitor.END_HEADERS, 1, RawHttp2Visitor.block(other));
            assertThat(visitor.answer(1).status()).isEqualTo("421");
            assertThat(visitor.get(3, "/").answer(3).status()).isEqualTo("200");
            visitor.send(RawHttp2Visitor.HEADERS, RawHttp2Visitor.END_HEADERS, 5, RawHttp2Visitor.block(other));
            Set<Integer> seen = new HashSet<>();
            while (!seen.contains(RawHttp2Visitor.GOAWAY)) {
                seen.add(visitor.next().type());
            }
            assertThat(visitor.ends()).isTrue();
            assertThat(device.heads()).hasSize(1);
        }
    }

    @Test
    void a_stop_announces_itself_lets_streams_finish_and_closes_in_order() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                        connection.await(go);
                        connection.send(OK);
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.get(1, "/1");
            await().until(() -> device.heads().size() == 1);
            Thread stop = Thread.ofVirtual().start(() -> {
                try {
                    front.https.stop(Duration.ofSeconds(10));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Frame first = visitor.next(RawHttp2Visitor.GOAWAY);
            assertThat(first.number()).isEqualTo(Integer.MAX_VALUE);
            visitor.get(3, "/in-flight");
            Frame ping = visitor.next(RawHttp2Visitor.PING);
            visitor.send(RawHttp2Visitor.PING, RawHttp2Visitor.ACK, 0, ping.bytes());
            Frame second = visitor.next(RawHttp2Visitor.GOAWAY);
            assertThat(second.number()).isEqualTo(3);
            assertThat(second.error()).isZero();
            go.countDown();
            assertThat(visitor.answer(3).body()).isEqualTo("ok");
            assertThat(visitor.ends()).isTrue();
            stop.join();
        }
    }

    @Test
    void a_connection_without_a_request_ends_in_order() throws IOException {
        try (TestFront front = new TestFront(TestFront.Soon.REQUEST_HEAD)) {
            front.publish(d -> d, r -> r);
            try (RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
                assertThat(visitor.next(RawHttp2Visitor.GOAWAY).error()).isZero();
                assertThat(visitor.ends()).isTrue();
            }
        }
    }

    @Test
    void a_connection_idle_after_its_requests_ends_in_order() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = new TestFront(TestFront.Soon.IDLE)) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            try (RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
                assertThat(visitor.get(1, "/").answer(1).body()).isEqualTo("ok");
                assertThat(visitor.next(RawHttp2Visitor.GOAWAY).error()).isZero();
                assertThat(visitor.ends()).isTrue();
            }
        }
    }
}
