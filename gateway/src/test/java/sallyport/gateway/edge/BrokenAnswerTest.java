package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/** A cut answer is never presented as a complete one (design rule 7). */
final class BrokenAnswerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n";

    static Stream<String> cut() {
        return Stream.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("cut")
    void an_answer_that_the_device_cuts_is_cut_for_the_visitor(String answer) throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send(answer);
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(GET);
            assertThat(visitor.isCutOff()).isTrue();
            await().until(() -> !front.events(GatewayEvent.RequestServed.class).isEmpty());
            assertThat(front.events(GatewayEvent.RequestServed.class).getFirst().problem())
                    .hasValueSatisfying(
                            problem -> assertThat(problem.fault()).isIn(Fault.ANSWER_BROKEN, Fault.BAD_REQUEST));
        }
    }

    @Test
    void an_answer_that_lasts_until_the_end_is_cut_by_a_reset() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
                    connection.read();
                    connection.reset();
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(GET).until("hello");
            device.resetAll();
            assertThat(visitor.isCutOff()).isTrue();
        }
    }

    static Stream<String> nonsense() {
        return Stream.of(
                "",
                "HTTP/1.1 200 OK\r\nContent-",
                "SSH-2.0-dropbear\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 O\u0001K\r\n\r\n",
                "HTTP/1.1 200 O\rK\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded: first\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\u0000b\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void what_is_no_answer_becomes_502(String answer) throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send(answer);
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            assertThat(visitor.send(GET).head()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
        }
    }

    @Test
    void a_second_answer_that_nobody_asked_for_is_dropped_with_its_connection() throws Exception {
        String first = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1";
        try (RawDevice device = RawDevice.answering(first + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            assertThat(visitor.send(GET).answer()).endsWith("1");
            assertThat(visitor.send(GET).answer()).endsWith("1");
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @Test
    void tls_that_ends_without_close_notify_is_a_cut_and_with_it_an_end() throws Exception {
        for (boolean whole : new boolean[] {true, false}) {
            try (RawDevice device = RawDevice.secured(connection -> {
                        connection.head();
                        connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
                        if (!whole) {
                            connection.cutBelowTls();
                        }
                    });
                    TestFront front = TestFront.leadingTo(device);
                    RawVisitor visitor = front.visitor()) {
                front.speech.known.put(TestFront.PORT, GatewayEvent.Speech.TLS);
                visitor.send(GET).until("hello\r\n");
                if (whole) {
                    assertThat(visitor.until("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
                } else {
                    assertThat(visitor.isCutOff()).isTrue();
                }
            }
        }
    }
}
