package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.time.HandTimers;

/** Where the operator allows it, visitors use each other's idle connections, for what is nobody's own. */
final class SharedConnectionsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static TestFront sharing(RawDevice device, String onOff) {
        TestFront front = new TestFront();
        front.publish(d -> d, route -> TestFront.with(route, "share-connections", onOff));
        front.connect(device.address());
        return front;
    }

    /** One request of a visitor of its own; {@code more} is a field line with its end, or nothing. */
    private static void ask(TestFront front, String more) throws IOException {
        try (RawVisitor visitor = front.visitor()) {
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n" + more + "\r\n")
                    .answer();
        }
    }

    @Test
    void without_the_operators_word_nothing_is_shared() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = sharing(device, "off")) {
            ask(front, "");
            ask(front, "");
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @Test
    void an_idle_connection_serves_the_next_visitor() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = sharing(device, "on")) {
            ask(front, "");
            ask(front, "Accept: */*\r\n");
            assertThat(device.heads()).hasSize(2);
            assertThat(device.connections()).isOne();
        }
    }

    @Test
    void two_visitors_at_the_same_time_have_two_connections() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    while (!connection.head().isEmpty()) {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
                        if (connection.read() < 0) {
                            return;
                        }
                    }
                });
                TestFront front = sharing(device, "on");
                RawVisitor slow = front.visitor();
                RawVisitor other = front.visitor()) {
            String get = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n";
            slow.send(get).until("o");
            other.send(get).until("o");
            await().until(() -> device.heads().size() == 2);
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Basic dTpw\r\n",
                "Cookie: a=b\r\n",
                "X-Auth-Token: 1\r\n",
                "X_CSRF_Token: 1\r\n",
                "Content-Length: 0\r\n"
            })
    void a_request_that_is_ones_own_neither_uses_a_shared_connection_nor_leaves_one(String field) throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = sharing(device, "on")) {
            ask(front, "");
            ask(front, field);
            assertThat(device.connections()).isEqualTo(2);
            ask(front, "");
            assertThat(device.connections()).isEqualTo(2); // the first, again
            ask(front, field);
            assertThat(device.connections()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno",
                "HTTP/1.1 200 OK\r\nAuthentication-Info: x\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
            })
    void an_answer_that_is_ones_own_or_has_a_slip_takes_its_connection_out(String answer) throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    while (connection.head().startsWith("GET / ")) {
                        connection.send(answer);
                    }
                });
                TestFront front = sharing(device, "on")) {
            ask(front, "");
            ask(front, "");
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @Test
    void what_served_several_visitors_gets_no_secret_of_the_last_one() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = sharing(device, "on");
                RawVisitor visitor = front.visitor()) {
            ask(front, "");
            String get = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n";
            visitor.send(get + "\r\n").answer();
            assertThat(device.connections()).isOne();
            visitor.send(get + "Cookie: a=b\r\n\r\n").answer();
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @Test
    void an_idle_connection_ends_after_a_while_and_when_the_operator_changes_his_mind() throws Exception {
        HandTimers timers = new HandTimers();
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = new TestFront(settings -> settings, timers)) {
            front.publish(d -> d, route -> TestFront.with(route, "share-connections", "on"));
            front.connect(device.address());
            ask(front, "");
            timers.advance(Shelf.PATIENCE);
            await().until(() -> device.openConnections() == 0);
            ask(front, "");
            assertThat(device.connections()).isEqualTo(2);
            front.publish(d -> d, route -> route);
            await().until(() -> device.openConnections() == 0);
        }
    }
}
