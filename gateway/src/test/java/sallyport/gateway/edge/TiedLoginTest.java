package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.time.HandTimers;

/** Logins that a device ties to its connection (NTLM, Negotiate, some digest logins; case G11). */
final class TiedLoginTest {
    private static final int HTTP_1_1_REQUIRED = 13;
    private static final String EMPTY = "Content-Length: 0\r\n\r\n";

    /** Three steps on one connection, which is logged in from then on; {@code /bye} ends it without an answer. */
    private static RawDevice ntlm() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        return RawDevice.running(connection -> {
            String challenge = "c" + connections.incrementAndGet();
            boolean in = false;
            for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                if (head.startsWith("GET /bye ")) {
                    return;
                }
                boolean first = head.contains("NTLM hello");
                in |= head.contains("NTLM answer-to-" + challenge);
                String asked = first ? "NTLM " + challenge : "Negotiate\r\nWWW-Authenticate: NTLM";
                connection.send(
                        in
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nin"
                                : "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + asked + "\r\n" + EMPTY);
            }
        });
    }

    private static String get(String path, String... credentials) {
        return "GET " + path + " HTTP/1.1\r\nHost: dev1.t.test\r\n"
                + (credentials.length == 0 ? "" : "Authorization: " + credentials[0] + "\r\n") + "\r\n";
    }

    private static String challenge(RawVisitor visitor) throws IOException {
        String answer = visitor.send(get("/", "NTLM hello")).answer();
        return answer.substring(answer.indexOf("NTLM ") + "NTLM ".length())
                .lines()
                .findFirst()
                .orElseThrow();
    }

    private static void logIn(RawVisitor visitor) throws IOException {
        String challenge = challenge(visitor);
        assertThat(visitor.send(get("/", "NTLM answer-to-" + challenge)).answer())
                .endsWith("in");
    }

    @Test
    void three_steps_go_over_one_connection_although_others_wait_for_its_place() throws Exception {
        try (RawDevice device = ntlm();
                TestFront front = new TestFront()) {
            front.publish(d -> d, route -> TestFront.with(route, "parallel-streams", "1"));
            front.connect(device.address());
            try (RawVisitor visitor = front.visitor();
                    RawVisitor other = front.visitor()) {
                assertThat(visitor.send(get("/")).answer()).contains("Negotiate", "NTLM");
                String challenge = challenge(visitor);
                other.send(get("/"));
                assertThat(visitor.send(get("/", "NTLM answer-to-" + challenge)).answer())
                        .endsWith("in");
                assertThat(other.answer()).startsWith("HTTP/1.1 401 ");
                assertThat(visitor.rest()).isEmpty(); // its login went with the place
            }
        }
    }

    @Test
    void a_step_that_does_not_come_lets_the_place_go() throws Exception {
        HandTimers timers = new HandTimers();
        try (RawDevice device = ntlm();
                TestFront front = new TestFront(settings -> settings, timers)) {
            front.publish(d -> d, route -> TestFront.with(route, "parallel-streams", "1"));
            front.connect(device.address());
            try (RawVisitor visitor = front.visitor();
                    RawVisitor other = front.visitor()) {
                challenge(visitor);
                int before = timers.waiting();
                other.send(get("/"));
                await().until(() -> timers.waiting() > before); // it waits for a place
                timers.advance(DevicePool.LOGIN_PATIENCE);
                assertThat(other.answer()).startsWith("HTTP/1.1 401 ");
            }
        }
    }

    @Test
    void each_visitor_has_its_own_login() throws Exception {
        try (RawDevice device = ntlm();
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor();
                RawVisitor other = front.visitor()) {
            String mine = challenge(visitor);
            String others = challenge(other);
            assertThat(mine).isNotEqualTo(others);
            assertThat(visitor.send(get("/", "NTLM answer-to-" + mine)).answer())
                    .endsWith("in");
            assertThat(other.send(get("/")).answer()).startsWith("HTTP/1.1 401 ");
            assertThat(visitor.send(get("/next")).answer()).endsWith("in");
        }
    }

    @Test
    void a_visitors_connection_ends_with_the_devices_to_which_its_login_is_tied() throws Exception {
        try (RawDevice device = ntlm();
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            logIn(visitor);
            device.resetAll();
            assertThat(visitor.rest()).isEmpty();
        }
    }

    @Test
    void a_request_under_such_a_login_is_not_repeated_on_another_connection() throws Exception {
        try (RawDevice device = ntlm();
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            logIn(visitor);
            assertThat(visitor.send(get("/bye")).isCutOff()).isTrue();
            assertThat(device.connections()).isOne();
        }
    }

    @Test
    void a_request_of_http2_is_to_come_again_over_http1_which_the_name_offers_alone() throws Exception {
        try (RawDevice device = ntlm();
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            assertThat(visitor.get(1, "/").answer(1).reset()).contains(HTTP_1_1_REQUIRED);
            assertThat(visitor.next(RawHttp2Visitor.GOAWAY).error()).isZero();
            assertThat(spoken(front)).isEqualTo("http/1.1");
            GatewayEvent.Http1Alone told =
                    front.events(GatewayEvent.Http1Alone.class).getFirst();
            assertThat(told.hostname()).isEqualTo(TestFront.NAME);
            assertThat(front.events(GatewayEvent.RequestServed.class).getFirst().status())
                    .isEqualTo(401);
        }
    }

    private static String spoken(TestFront front) throws IOException {
        try (SSLSocket both = RawHttp2Visitor.offering(front.address, "dev1.t.test", "h2", "http/1.1")) {
            return both.getApplicationProtocol();
        }
    }

    @Test
    void that_is_over_after_a_day_without_a_sign() throws Exception {
        HandTimers timers = new HandTimers();
        try (RawDevice device = ntlm();
                TestFront front = new TestFront(settings -> settings, timers)) {
            front.publish(d -> d, route -> route);
            front.connect(device.address());
            try (RawVisitor visitor = front.visitor()) {
                assertThat(visitor.send(get("/")).answer()).startsWith("HTTP/1.1 401 ");
            }
            timers.advance(OfferedVersions.MEMORY.minusSeconds(1));
            assertThat(spoken(front)).isEqualTo("http/1.1");
            timers.advance(Duration.ofSeconds(1));
            assertThat(spoken(front)).isEqualTo("h2");
        }
    }

    @Test
    void the_operator_may_decide_otherwise_and_back() throws Exception {
        try (RawDevice device = ntlm();
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, route -> TestFront.with(route, "http2", "on"));
            try (RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
                assertThat(visitor.get(1, "/").answer(1).status()).isEqualTo("401");
            }
            front.publish(d -> d, route -> route);
            try (RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
                assertThat(visitor.get(1, "/").answer(1).reset()).contains(HTTP_1_1_REQUIRED);
            }
            front.publish(d -> d, route -> TestFront.with(route, "http2", "on"));
            front.publish(d -> d, route -> route);
            assertThat(spoken(front)).isEqualTo("h2");
        }
    }

    /** When {@code tied}, takes a nonce only where it gave it out, else one for all; {@code /hold} waits for the latch. */
    private static RawDevice digest(boolean tied, CountDownLatch held) throws IOException {
        AtomicInteger nonces = new AtomicInteger();
        return RawDevice.running(connection -> {
            String own = "n" + (tied ? nonces.incrementAndGet() : 1);
            for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                if (head.startsWith("GET /hold ")) {
                    connection.await(held);
                }
                boolean right = head.toLowerCase(Locale.ROOT).contains("response=\"right\"");
                boolean in = right && (!tied || head.contains("\"" + own + "\""));
                connection.send(
                        in
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nin"
                                : "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"" + own
                                        + "\"\r\n" + EMPTY);
            }
        });
    }

    private static String[] digest(String nonce, String response) {
        return new String[] {"authorization", "Digest nonce=\"" + nonce + "\", response=\"" + response + "\""};
    }

    private static String asking(int stream) {
        byte[] block = RawHttp2Visitor.block(RawHttp2Visitor.fields("GET", "/", digest("n1", "right")));
        int flags = RawHttp2Visitor.END_HEADERS | RawHttp2Visitor.END_STREAM;
        return new String(
                RawHttp2Visitor.frame(RawHttp2Visitor.HEADERS, flags, stream, block), StandardCharsets.ISO_8859_1);
    }

    @Test
    void a_nonce_that_holds_on_its_own_connection_alone_is_found_out() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (RawDevice device = digest(true, held);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            assertThat(visitor.get(1, "/").answer(1).status()).isEqualTo("401");
            visitor.get(3, "/hold");
            assertThat(visitor.get(5, "/", digest("n1", "right")).answer(5).status())
                    .isEqualTo("401");
            held.countDown();
            visitor.answer(3);
            assertThat(front.events(GatewayEvent.Http1Alone.class)).isEmpty();

            assertThat(visitor.get(7, "/", digest("n1", "right")).answer(7).status())
                    .isEqualTo("200");
            assertThat(front.events(GatewayEvent.Http1Alone.class)).hasSize(1);
            visitor.bytes((asking(9) + asking(11)).getBytes(StandardCharsets.ISO_8859_1)); // at the same moment
            assertThat(visitor.answer(9).status()).isEqualTo("200");
            assertThat(visitor.answer(11).reset()).contains(HTTP_1_1_REQUIRED);
            assertThat(visitor.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong", "right"})
    void a_wrong_password_or_a_nonce_for_all_connections_proves_nothing(String first) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (RawDevice device = digest(false, held);
                TestFront front = TestFront.leadingTo(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.get(1, "/").answer(1);
            visitor.get(3, "/hold");
            visitor.get(5, "/", digest("n1", first)).answer(5);
            held.countDown();
            visitor.answer(3);
            assertThat(visitor.get(7, "/", digest("n1", "right")).answer(7).status())
                    .isEqualTo("200");
            assertThat(front.events(GatewayEvent.Http1Alone.class)).isEmpty();
        }
    }
}
