package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sallyport.gateway.edge.RawHttp2Visitor.Answer;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** The option {@code max-body} (case G15). */
final class MaxBodyTest {
    private static final int LIMIT = 32 * 1024;
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int NO_ERROR = 0;

    private final CountDownLatch cut = new CountDownLatch(1);

    /** Takes bodies for ever, and notes when one is cut off. */
    private RawDevice insatiable() throws Exception {
        return RawDevice.running(connection -> {
            connection.head();
            while (connection.read() >= 0) {}
            cut.countDown();
        });
    }

    private static TestFront limiting(RawDevice device) {
        TestFront front = TestFront.leadingTo(device);
        front.publish(d -> d, route -> TestFront.with(route, "max-body", "32KiB"));
        return front;
    }

    private static String post(String more) {
        return "POST /up HTTP/1.1\r\nHost: dev1.t.test\r\n" + more + "\r\n";
    }

    private static void assertLogged(TestFront front) {
        await().until(() -> !front.events(GatewayEvent.RequestServed.class).isEmpty());
        GatewayEvent.RequestServed served =
                front.events(GatewayEvent.RequestServed.class).getFirst();
        assertThat(served.status()).isEqualTo(413);
        assertThat(served.problem().map(Problem::fault)).contains(Fault.UPLOAD_TOO_LARGE);
    }

    @Test
    void a_body_that_is_announced_as_larger_is_refused_before_the_device_hears_of_it() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = limiting(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(post("Content-Length: " + (LIMIT + 1) + "\r\nExpect: 100-continue\r\n"));
            assertThat(visitor.answer())
                    .startsWith("HTTP/1.1 413 ")
                    .contains(
                            "Connection: close",
                            "SP-460",
                            "The body is larger than the 32KiB that dev1.t.test takes.",
                            "sallyport hostname set dev1.t.test --max-body SIZE");
            assertThat(device.connections()).isZero();
            assertLogged(front);
        }
    }

    @Test
    void the_same_by_http2_without_an_end_of_its_connection() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = limiting(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up", "content-length", String.valueOf(LIMIT + 1));
            Answer answer = visitor.answer(1);
            assertThat(answer.status()).isEqualTo("413");
            assertThat(answer.body()).contains("SP-460", "dev1.t.test");
            assertThat(answer.whole()).isTrue();
            assertThat(device.connections()).isZero();
            assertLogged(front);
            assertThat(visitor.get(3, "/").answer(3).body()).isEqualTo("ok");
        }
    }

    @Test
    void a_body_of_exactly_the_limit_passes() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.read(LIMIT);
                    connection.send(OK);
                });
                TestFront front = limiting(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(post("Content-Length: " + LIMIT + "\r\n")).send(new byte[LIMIT]);
            assertThat(visitor.answer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void a_body_without_a_length_is_cut_at_the_limit() throws Exception {
        try (RawDevice device = insatiable();
                TestFront front = limiting(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(post("Transfer-Encoding: chunked\r\n") + Integer.toHexString(LIMIT) + "\r\n")
                    .send(new byte[LIMIT])
                    .send("\r\n1\r\nx\r\n");
            assertThat(visitor.answer()).startsWith("HTTP/1.1 413 ").contains("SP-460");
            assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
            assertLogged(front);
        }
    }

    @Test
    void the_same_by_http2_with_a_reset_without_an_error_behind_the_answer() throws Exception {
        try (RawDevice device = insatiable();
                TestFront front = limiting(device);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(front)) {
            visitor.post(1, "/up");
            String block = "x".repeat(LIMIT / 8);
            for (int i = 0; i < 8; i++) {
                visitor.data(1, block, false);
            }
            visitor.data(1, "x", false);
            Answer answer = visitor.answer(1);
            assertThat(answer.status()).isEqualTo("413");
            assertThat(answer.body()).contains("SP-460");
            assertThat(answer.reset()).isIn(Optional.empty(), Optional.of(NO_ERROR));
            assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
            assertLogged(front);
        }
    }

    @Test
    void an_answer_that_has_begun_is_cut_with_the_body() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
                    while (connection.read() >= 0) {}
                });
                TestFront front = limiting(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(post("Transfer-Encoding: chunked\r\n")).until("begun");
            visitor.send("fffff\r\n").send(new byte[LIMIT + 1]);
            assertThat(visitor.isCutOff()).isTrue();
            await().until(() -> !front.events(GatewayEvent.RequestServed.class).isEmpty());
            assertThat(front.events(GatewayEvent.RequestServed.class)
                            .getFirst()
                            .problem()
                            .map(Problem::fault))
                    .contains(Fault.UPLOAD_TOO_LARGE);
        }
    }

    @Test
    void a_visitor_that_sends_everything_before_it_reads_sees_the_answer() throws Exception {
        byte[] block = new byte[1024 * 1024];
        int blocks = 48;
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = limiting(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send(post("Content-Length: " + (long) blocks * block.length + "\r\n"));
            OutputStream out = visitor.socket().getOutputStream();
            for (int i = 0; i < blocks; i++) {
                out.write(block);
            }
            assertThat(visitor.answer()).startsWith("HTTP/1.1 413 ").contains("SP-460");
        }
    }
}
