package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.edge.RawHttp2Visitor.Frame;

/** {@code *.t.test} leads every name of one more label to one device, wherever a visitor's name is looked at. */
final class WildcardTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Hostname WILDCARD = new Hostname("*.t.test");

    private static HostnameRoute named(HostnameRoute route, Hostname name, PortNumber port) {
        return new HostnameRoute(name, route.device(), port, route.tls(), route.deviceTls(), false, route.options());
    }

    private static HostnameRoute wildcard(HostnameRoute route) {
        return named(route, WILDCARD, route.port());
    }

    private static TestFront front(RawDevice device) {
        TestFront front = TestFront.leadingTo(device);
        front.publish(same -> same, WildcardTest::wildcard);
        return front;
    }

    @Test
    void a_visitor_of_either_version_reaches_the_device_under_a_name_of_its_own() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = front(device);
                RawVisitor one = RawVisitor.tls(front.address, "one.t.test", TestCertificates.trustingAnything());
                RawHttp2Visitor two = RawHttp2Visitor.open(front)) {
            one.send("GET /1 HTTP/1.1\r\nHost: one.t.test\r\nConnection: close\r\n\r\n");
            assertThat(one.rest()).startsWith("HTTP/1.1 200 ").endsWith("ok");
            Frame origin = two.next(RawHttp2Visitor.ORIGIN);
            assertThat(origin.payload().substring(2)).isEqualTo("https://dev1.t.test:8443");
            assertThat(two.get(1, "/2").answer(1).status()).isEqualTo("200");
            assertThat(device.heads().get(0)).contains("Host: one.t.test\r\n", "X-Forwarded-Host: one.t.test\r\n");
            assertThat(device.heads().get(1)).contains("host: dev1.t.test\r\n");
        }
    }

    @Test
    void a_connection_for_one_of_its_names_is_not_for_another() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = front(device);
                RawVisitor visitor = RawVisitor.tls(front.address, "one.t.test", TestCertificates.trustingAnything())) {
            visitor.send("GET / HTTP/1.1\r\nHost: two.t.test\r\n\r\n");
            assertThat(visitor.rest()).startsWith("HTTP/1.1 421 ");
            assertThat(device.heads()).isEmpty();
        }
    }

    @Test
    void a_location_of_the_device_comes_back_under_the_name_that_was_asked_for() throws Exception {
        try (RawDevice device = RawDevice.answering(
                        "HTTP/1.1 302 Found\r\nLocation: http://one.t.test/x\r\nContent-Length: 0\r\n\r\n");
                TestFront front = front(device);
                RawVisitor visitor = RawVisitor.tls(front.address, "one.t.test", TestCertificates.trustingAnything())) {
            visitor.send("GET / HTTP/1.1\r\nHost: one.t.test\r\nConnection: close\r\n\r\n");
            assertThat(visitor.rest()).contains("Location: https://one.t.test/x\r\n");
        }
    }

    @Test
    void it_stands_neither_for_two_labels_nor_for_its_domain_nor_for_what_is_no_page() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = front(device)) {
            for (String name : List.of("a.b.t.test", "t.test", "other.test")) {
                assertThatThrownBy(() -> RawHttp2Visitor.offering(front.address, name, "h2"))
                        .as(name)
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageContaining("unrecognized_name");
            }
        }
    }

    @Test
    void plain_http_is_redirected_under_the_name_that_was_asked_for() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = front(device);
                RawVisitor known = RawVisitor.plain(front.plainAddress);
                RawVisitor unknown = RawVisitor.plain(front.plainAddress)) {
            known.send("GET /x HTTP/1.1\r\nHost: one.t.test\r\nConnection: close\r\n\r\n");
            assertThat(known.rest()).contains("Location: https://one.t.test:8443/x\r\n");
            unknown.send("GET /x HTTP/1.1\r\nHost: a.one.t.test\r\nConnection: close\r\n\r\n");
            assertThat(unknown.rest()).startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void a_name_of_its_own_goes_before_it_and_ends_connections_that_the_wildcard_led_elsewhere() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = front(device);
                RawVisitor taken = RawVisitor.tls(front.address, "dev1.t.test", TestCertificates.trustingAnything());
                RawVisitor kept = RawVisitor.tls(front.address, "one.t.test", TestCertificates.trustingAnything())) {
            taken.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
            kept.send("GET / HTTP/1.1\r\nHost: one.t.test\r\n\r\n");
            await().until(() -> device.heads().size() == 2);

            HostnameRoute own = named(TestFront.route(), TestFront.NAME, new PortNumber(20001));
            front.directory
                    .publish(new Directory(99, List.of(TestFront.device()), List.of(wildcard(TestFront.route()), own)))
                    .join();

            assertThat(front.https.visitors()).isOne();
            kept.send("GET /again HTTP/1.1\r\nHost: one.t.test\r\nConnection: close\r\n\r\n");
            assertThat(kept.rest()).contains("200 OK").endsWith("ok");
        }
    }
}
