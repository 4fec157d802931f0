package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/** Port 80 (case G20). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedirectFrontTest {
    private TestFront front = new TestFront();

    @BeforeAll
    void publish() {
        front.publish(d -> d, r -> r);
    }

    @AfterAll
    void close() {
        front.close();
    }

    private String ask(String request) throws Exception {
        try (RawVisitor visitor = RawVisitor.plain(front.plainAddress)) {
            return visitor.send(request).rest();
        }
    }

    private static String location(String answer) {
        int at = answer.indexOf("Location: ");
        return at < 0 ? "" : answer.substring(at + 10, answer.indexOf("\r\n", at));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 301 Moved Permanently",
        "HEAD, 301 Moved Permanently",
        "POST, 308 Permanent Redirect",
        "PUT, 308 Permanent Redirect",
        "OPTIONS, 308 Permanent Redirect"
    })
    void get_and_head_are_moved_and_other_methods_keep_their_body(String method, String status) throws Exception {
        String answer = ask(method + " /a HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + status + "\r\n");
        assertThat(location(answer)).isEqualTo("https://dev1.t.test:8443/a");
    }

    @Test
    void path_and_query_stay_byte_for_byte() throws Exception {
        String target = "/a%5B//../x?b=%2F&c=\u00e4\"<>";
        String answer = ask("GET " + target + " HTTP/1.1\r\nHost: DEV1.t.test.:8080\r\nConnection: close\r\n\r\n");
        assertThat(location(answer)).isEqualTo("https://dev1.t.test:8443" + target);
    }

    @Test
    void the_public_port_is_left_out_when_it_is_443() throws Exception {
        try (TestFront other = new TestFront(settings -> new FrontSettings(
                        settings.listen(),
                        () -> 443,
                        settings.console(),
                        settings.doorstep(),
                        settings.proxies(),
                        settings.ssh(),
                        settings.deadlines(),
                        settings.maxVisitors()));
                RawVisitor visitor = RawVisitor.plain(other.plainAddress)) {
            other.publish(d -> d, r -> r);
            visitor.send("GET /a?b HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n");
            assertThat(location(visitor.rest())).isEqualTo("https://dev1.t.test/a?b");
        }
    }

    @Test
    void an_absolute_target_and_one_with_two_slashes_lead_to_the_same_host() throws Exception {
        assertThat(location(ask("GET http://dev1.t.test/a HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n")))
                .isEqualTo("https://dev1.t.test:8443/a");
        assertThat(location(ask("GET //evil.test/ HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n")))
                .isEqualTo("https://dev1.t.test:8443//evil.test/");
    }

    static Stream<String> nowhere() {
        return Stream.of(
                "404 GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n",
                "404 GET / HTTP/1.1\r\nHost: dev1.t.test.evil.test\r\n\r\n",
                "400 GET / HTTP/1.0\r\n\r\n",
                "400 GET / HTTP/1.1\r\n\r\n",
                "400 GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n",
                "400 GET / HTTP/1.1\r\nHost: dev1.t.test@evil.test\r\n\r\n",
                "400 GET / HTTP/1.1\r\nHost: dev1.t.test\r\nHost: evil.test\r\n\r\n",
                "400 GET http://evil.test/ HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n",
                "400 GET /\\r\nLocation: x HTTP/1.1\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("nowhere")
    void nobody_is_sent_to_a_stranger(String statusAndRequest) throws Exception {
        String request = statusAndRequest.substring(4).replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
        String answer = ask(request);
        assertThat(answer).startsWith("HTTP/1.1 " + statusAndRequest.substring(0, 4));
        assertThat(location(answer)).isEmpty();
    }

    @Test
    void several_requests_on_one_connection_are_answered() throws Exception {
        try (RawVisitor visitor = RawVisitor.plain(front.plainAddress)) {
            for (int i = 0; i < 3; i++) {
                visitor.send("GET /" + i + " HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
                assertThat(location(visitor.head())).endsWith("/" + i);
            }
        }
    }

    @Test
    void more_visitors_than_the_limit_are_closed_at_once_and_reported() throws Exception {
        try (TestFront small = new TestFront(settings -> new FrontSettings(
                        settings.listen(),
                        settings.publicPort(),
                        settings.console(),
                        settings.doorstep(),
                        settings.proxies(),
                        settings.ssh(),
                        settings.deadlines(),
                        1));
                RawVisitor first = RawVisitor.plain(small.plainAddress)) {
            await().until(() -> small.http.visitors() == 1);
            try (RawVisitor second = RawVisitor.plain(small.plainAddress)) {
                assertThat(second.rest()).isEmpty();
            }
            assertThat(small.events(GatewayEvent.VisitorRefused.class))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.why().fault()).isEqualTo(Fault.TOO_MANY_VISITORS);
                        assertThat(event.front()).isEqualTo(RedirectFront.NAME);
                    });
            small.publish(d -> d, r -> r);
            assertThat(first.send("GET /a HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n")
                            .rest())
                    .startsWith("HTTP/1.1 301 ");
        }
    }
}
