package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Slip;

/** Old web servers spell HTTP wrongly; visitors never see it (RFC 9112 sections 2.2, 4, 5.1, 5.2, 6.3). */
final class MendedAnswerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n";

    private static Arguments slip(Slip slip, String answer, String fields, String end) {
        return Arguments.of(slip, answer, fields, end);
    }

    static Stream<Arguments> sloppy() {
        return Stream.of(
                slip(
                        Slip.BARE_LINE_FEED,
                        "HTTP/1.1 200 OK\nX: y\nContent-Length: 2\n\nok",
                        "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\n",
                        "\r\n\r\nok"),
                slip(
                        Slip.FOLDED_FIELD,
                        "HTTP/1.1 200 OK\r\nX: y\r\n\t z\r\nContent-Length: 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nX: y z\r\nContent-Length: 2\r\n",
                        "\r\n\r\nok"),
                slip(
                        Slip.BLANK_BEFORE_COLON,
                        "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
                        "\r\n\r\nok"),
                slip(
                        Slip.MISSING_REASON,
                        "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
                        "HTTP/1.1 200 \r\nContent-Length: 2\r\n",
                        "\r\n\r\nok"),
                slip(
                        Slip.REPEATED_LENGTH,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
                        "\r\n\r\nok"),
                slip(
                        Slip.REPEATED_LENGTH,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
                        "\r\n\r\nok"),
                slip(
                        Slip.PADDED_CHUNK_SIZE,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2   \r\nok\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n",
                        "2\r\nok\r\n0\r\n\r\n"),
                slip(
                        Slip.CHUNKED_IN_HTTP_1_0,
                        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "2\r\nok\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\n",
                        "2\r\nok\r\n0\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("sloppy")
    void a_slip_is_mended_and_counted_and_ends_the_devices_connection(Slip slip, String answer, String head, String end)
            throws Exception {
        try (RawDevice device = RawDevice.answering(answer);
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            for (int request = 1; request <= 2; request++) {
                assertThat(visitor.send(GET).until(end)).startsWith(head).doesNotContain("Connection: close");
                assertThat(device.connections()).isEqualTo(request);
            }
            assertThat(front.events(GatewayEvent.AnswerMended.class))
                    .containsOnly(new GatewayEvent.AnswerMended(TestFront.DEV1, TestFront.PORT, slip))
                    .hasSize(2);
        }
    }

    @Test
    void a_reason_that_is_empty_or_not_in_ascii_is_no_slip() throws Exception {
        for (String reason : new String[] {"", "\u0085 Tr\u00e8s bien"}) {
            try (RawDevice device = RawDevice.answering("HTTP/1.1 200 " + reason + "\r\nContent-Length: 2\r\n\r\nok");
                    TestFront front = TestFront.leadingTo(device);
                    RawVisitor visitor = front.visitor()) {
                assertThat(visitor.send(GET).answer()).startsWith("HTTP/1.1 200 " + reason + "\r\n");
                assertThat(visitor.send(GET).answer()).endsWith("ok");
                assertThat(device.connections()).isOne();
                assertThat(front.events(GatewayEvent.AnswerMended.class)).isEmpty();
            }
        }
    }

    @Test
    void an_answer_of_http_1_0_lasts_until_the_end_or_as_long_as_it_says() throws Exception {
        for (String length : new String[] {"", "Content-Length: 2\r\n"}) {
            try (RawDevice device = RawDevice.running(connection -> {
                        connection.head();
                        connection.send("HTTP/1.0 200 OK\r\n" + length + "\r\nok");
                    });
                    TestFront front = TestFront.leadingTo(device);
                    RawVisitor visitor = front.visitor()) {
                String end = length.isEmpty() ? "2\r\nok\r\n0\r\n\r\n" : "\r\n\r\nok";
                assertThat(visitor.send(GET).until(end)).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(visitor.send(GET).until(end)).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(device.connections()).isEqualTo(2);
            }
        }
    }

    @Test
    void a_request_without_a_body_reaches_the_device_without_fields_of_a_body() throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n");
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            for (String method : new String[] {"GET", "DELETE", "POST"}) {
                String answer = visitor.send(GET.replace("GET", method)).head();
                assertThat(answer).startsWith("HTTP/1.1 204 ").doesNotContain("Content-Length", "Transfer-Encoding");
            }
            assertThat(device.heads())
                    .hasSize(3)
                    .allSatisfy(head -> assertThat(head).doesNotContain("Content-Length", "Transfer-Encoding"));
        }
    }
}
