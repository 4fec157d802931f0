package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever could be read in two ways is refused, and no byte of it reaches the device (RFC 9112). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FramingTest {
    private static final String HOST = "Host: dev1.t.test\r\n";

    private TestFront front = new TestFront();
    private LoopbackTunnel tunnel = front.connect(front.plainAddress);

    @BeforeAll
    void publish() {
        front.publish(d -> d, r -> r);
    }

    @AfterAll
    void close() {
        front.close();
    }

    /** From now on the device is this one. */
    private void leadTo(RawDevice device) {
        front.disconnect(tunnel);
        tunnel = front.connect(device.address());
    }

    static Stream<String> bad() {
        return Stream.of(
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5, 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: +5\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: -5\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 0x5\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length:\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 99999999999999999999\r\n\r\nhello",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST
                        + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\r\n b\r\n\r\n",
                "GET / HTTP/1.1\r\n X: a\r\n" + HOST + "\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X : a\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + ": a\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "no colon\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X\u00e4: a\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\u0000b\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\u0001b\r\n\r\n",
                "GET / HTTP/1.1\n" + HOST + "\r\n",
                "GET / HTTP/1.1\r\nHost: dev1.t.test\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "\n",
                "GET  / HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /  HTTP/1.1\r\n" + HOST + "\r\n",
                "GET\t/ HTTP/1.1\r\n" + HOST + "\r\n",
                " GET / HTTP/1.1\r\n" + HOST + "\r\n",
                "G(T / HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /#f HTTP/1.1\r\n" + HOST + "\r\n",
                "GET x HTTP/1.1\r\n" + HOST + "\r\n",
                "GET ftp://dev1.t.test/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET https://other.t.test/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET https://dev1.t.test@other/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET * HTTP/1.1\r\n" + HOST + "\r\n",
                "CONNECT dev1.t.test:443 HTTP/1.1\r\n" + HOST + "\r\n",
                "GET / http/1.1\r\n" + HOST + "\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n",
                "GET / HTTP/1.1\r\nHost: dev1.t.test, x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a@dev1.t.test\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: \r\n\r\n",
                "GET / HTTP/1.1\r\nHost: dev1.t.test:x\r\n\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n");
    }

    @ParameterizedTest
    @MethodSource("bad")
    void an_ambiguous_head_is_refused_and_ends_the_connection(String request) throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            leadTo(device);
            String smuggled = "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n";
            assertThat(front.exchange(request + smuggled))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("Connection: close", "SP-400")
                    .doesNotContain("200 OK");
            assertThat(device.heads()).isEmpty();
        }
    }

    static Stream<String> badChunks() {
        return Stream.of(
                "x\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5;a=\"\rb\"\r\nhello\r\n0\r\n\r\n",
                "5;a=\"\nb\"\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloX0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
                "10000000000000005\r\nhello\r\n0\r\n\r\n",
                "0\r\nX : a\r\n\r\n",
                "0\r\nX: a\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("badChunks")
    void a_body_in_broken_chunks_never_becomes_a_whole_request(String body) throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
            connection.head();
            StringBuilder got = new StringBuilder();
            for (int b = connection.read(); b >= 0; b = connection.read()) {
                got.append((char) b);
            }
            assertThat(got.toString()).doesNotContain("0\r\n\r\n");
        })) {
            leadTo(device);
            String head = "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
            assertThat(front.exchange(head + body)).startsWith("HTTP/1.1 400 ").contains("Connection: close");
        }
    }

    static Stream<String> tooLarge() {
        String many = "X: 1\r\n".repeat(101);
        return Stream.of(
                "414 GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n",
                "431 GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(9000) + "\r\n\r\n",
                "431 GET / HTTP/1.1\r\n" + HOST + ("X: " + "a".repeat(8000) + "\r\n").repeat(6) + "\r\n",
                "431 GET / HTTP/1.1\r\n" + HOST + many + "\r\n",
                "421 GET / HTTP/1.1\r\nHost: other.t.test\r\n\r\n",
                "505 GET / HTTP/2.0\r\n" + HOST + "\r\n",
                "505 PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void what_is_too_large_or_meant_for_another_has_its_own_status(String statusAndRequest) throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            leadTo(device);
            assertThat(front.exchange(statusAndRequest.substring(4)))
                    .startsWith("HTTP/1.1 " + statusAndRequest.substring(0, 4));
            assertThat(device.heads()).isEmpty();
        }
    }

    static Stream<String> sameHost() {
        return Stream.of("dev1.t.test", "DEV1.T.TEST", "dev1.t.test.", "dev1.t.test:8443", "dev1.t.test:");
    }

    @ParameterizedTest
    @MethodSource("sameHost")
    void case_final_dot_and_port_make_no_other_host(String host) throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            leadTo(device);
            assertThat(front.exchange("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(device.heads().getFirst()).contains("Host: " + host + "\r\n");
        }
    }
}
