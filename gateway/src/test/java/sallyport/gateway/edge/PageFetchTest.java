package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.edge.PageFetch.Outcome;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;

/** The gateway's own look at a device's pages. */
final class PageFetchTest {
    private static final String HOST = "dev1.t.test:8443";

    private static Outcome get(TestFront front, HostnameRoute route) {
        return new PageFetch(front.tunnels, front.speech, front.loops.group(), front.timers)
                .get(route, Port.privatePort(TestFront.PORT), HOST, "/a?b", Map.of("Origin", "https://" + HOST));
    }

    @Test
    void a_page_is_asked_for_as_a_visitor_would_under_the_options_that_are_tried() throws Exception {
        try (RawDevice device = RawDevice.answering(
                        "HTTP/1.1 302 Found\r\nLocation: http://cam.lan/x\r\nContent-Length: 2\r\n\r\nno");
                TestFront front = TestFront.leadingTo(device)) {
            Outcome.Got got = (Outcome.Got) get(front, TestFront.with(TestFront.route(), "host", "cam.lan"));
            assertThat(device.heads().getFirst())
                    .startsWith("GET /a?b HTTP/1.1\r\nHost: cam.lan\r\n")
                    .contains("Origin: http://cam.lan\r\n", "X-Forwarded-Host: " + HOST);
            assertThat(got.page().status()).isEqualTo(302);
            assertThat(got.page().values("location")).containsExactly("http://cam.lan/x");
            assertThat(got.page().redirect())
                    .contains(new Redirect("https://" + HOST + "/x", Redirect.Where.HERE, "/x"));
            assertThat(got.page().text()).isEqualTo("no");
        }
    }

    @Test
    void a_page_without_end_is_read_up_to_the_bound_and_its_connection_closed() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\n");
                    while (true) {
                        connection.send("x".repeat(10_000));
                    }
                });
                TestFront front = TestFront.leadingTo(device)) {
            Outcome.Got got = (Outcome.Got) get(front, TestFront.route());
            assertThat(got.page().text()).hasSize(PageFetch.MAX_BYTES);
        }
    }

    @Test
    void a_device_in_tls_is_named_by_version_and_fingerprint() throws Exception {
        try (RawDevice device = RawDevice.secured(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.speech.known.put(TestFront.PORT, Speech.TLS);
            Outcome.Got got = (Outcome.Got) get(front, TestFront.route());
            assertThat(got.page().tls()).hasValueSatisfying(tls -> {
                assertThat(tls.protocol()).isEqualTo("TLSv1.3");
                assertThat(tls.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
            });
        }
    }

    @Test
    void a_device_that_is_away_is_told_in_words() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(device -> device, route -> route);
            Outcome.Failed failed = (Outcome.Failed) get(front, TestFront.route());
            assertThat(failed.why().fault()).isEqualTo(Fault.DEVICE_OFFLINE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/login,HERE,/login",
        "login,HERE,/login",
        "../x,HERE,/x",
        "?q,HERE,/a?q",
        "https://dev1.t.test:8443,HERE,/",
        "https://dev1.t.test:8443/x#y,HERE,/x",
        "https://dev1.t.test:9000/,ELSEWHERE,dev1.t.test:9000",
        "http://10.0.0.1/x,PRIVATE,10.0.0.1",
        "https://vendor.example/,ELSEWHERE,vendor.example",
    })
    void a_redirect_leads_here_into_a_private_network_or_elsewhere(
            String location, Redirect.Where where, String target) {
        assertThat(Redirect.of(location, HOST, "/a")).isEqualTo(new Redirect(location, where, target));
    }
}
