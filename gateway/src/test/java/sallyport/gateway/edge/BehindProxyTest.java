package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.event.GatewayEvent;

/** Requests of many visitors on the connections of one HTTP proxy, which is this test (G24). */
final class BehindProxyTest {
    private static final String REQUEST = "GET /%s HTTP/1.1\r\nHost: dev1.t.test\r\nX-Forwarded-For: %s\r\n%s\r\n";

    private final TestFront front = new TestFront(settings -> trusting(settings, "127.0.0.1"));

    @AfterEach
    void close() {
        front.close();
    }

    private static FrontSettings trusting(FrontSettings settings, String proxy) {
        return new FrontSettings(
                settings.listen(),
                settings.publicPort(),
                settings.console(),
                settings.doorstep(),
                new TrustedProxies(List.of(Cidr.parse(proxy)), TrustedProxies.Style.X_FORWARDED),
                settings.ssh(),
                settings.deadlines(),
                settings.maxVisitors());
    }

    private static RawDevice echoing() throws Exception {
        return RawDevice.running(connection -> {
            while (true) {
                String head = connection.head();
                if (head.isEmpty()) {
                    return;
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
            }
        });
    }

    @Test
    void every_request_is_judged_told_and_logged_by_its_own_visitor() throws Exception {
        try (RawDevice device = echoing()) {
            front.publish(d -> TestFront.visitedFrom(d, "198.51.100.7/32"), r -> r);
            front.connect(device.address());
            try (RawVisitor proxy = front.visitor()) {
                String allowed = proxy.send(
                                REQUEST.formatted("a", "192.0.2.1, 198.51.100.7", "X-Forwarded-Proto: http\r\n"))
                        .answer();
                String refused =
                        proxy.send(REQUEST.formatted("b", "198.51.100.8", "")).answer();

                assertThat(allowed)
                        .startsWith("HTTP/1.1 200 ")
                        .containsIgnoringCase("X-Forwarded-For: 198.51.100.7\r\n")
                        .containsIgnoringCase("X-Forwarded-Proto: http\r\n")
                        .containsIgnoringCase("Forwarded: for=198.51.100.7;host=\"dev1.t.test\";proto=http\r\n")
                        .doesNotContain("192.0.2.1");
                assertThat(refused).startsWith("HTTP/1.1 403 ");
                assertThat(front.events(GatewayEvent.RequestServed.class))
                        .extracting(served -> served.from().getAddress())
                        .containsExactly(InetAddress.ofLiteral("198.51.100.7"), InetAddress.ofLiteral("198.51.100.8"));
            }
        }
    }

    @Test
    void whoever_is_no_listed_proxy_is_not_believed() throws Exception {
        try (RawDevice device = echoing();
                TestFront strict = new TestFront(settings -> trusting(settings, "10.0.0.9"))) {
            strict.publish(d -> TestFront.visitedFrom(d, "127.0.0.1/32"), r -> r);
            strict.connect(device.address());
            try (RawVisitor liar = strict.visitor()) {
                assertThat(liar.send(REQUEST.formatted("a", "198.51.100.7", "X-Forwarded-Host: evil.test\r\n"))
                                .answer())
                        .startsWith("HTTP/1.1 200 ")
                        .containsIgnoringCase("X-Forwarded-For: 127.0.0.1\r\n")
                        .doesNotContain("198.51.100.7", "evil.test");
            }
        }
    }

    @Test
    void no_connection_to_a_device_is_shared_by_the_visitors_of_a_proxy() throws Exception {
        try (RawDevice device = echoing()) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            try (RawVisitor proxy = front.visitor()) {
                proxy.send(REQUEST.formatted("a", "198.51.100.7", "")).answer();
                proxy.send(REQUEST.formatted("b", "198.51.100.8", "")).answer();
            }
            assertThat(device.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_narrowed_rule_ends_the_request_of_whom_it_no_longer_allows() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
            connection.head();
        })) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            try (RawVisitor one = front.visitor();
                    RawVisitor other = front.visitor()) {
                one.send(REQUEST.formatted("a", "198.51.100.7", "")).until("begun");
                other.send(REQUEST.formatted("a", "198.51.100.8", "")).until("begun");

                front.publish(d -> TestFront.visitedFrom(d, "198.51.100.8/32"), r -> r);

                assertThat(one.isCutOff()).isTrue();
                assertThat(front.https.visitors()).isEqualTo(1);
            }
        }
    }

    @Test
    void links_say_the_port_that_the_proxy_was_asked_for() throws Exception {
        try (RawDevice device = RawDevice.answering(
                "HTTP/1.1 302 Found\r\nLocation: http://dev1.t.test/login\r\nContent-Length: 0\r\n\r\n")) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            try (RawVisitor proxy = front.visitor()) {
                assertThat(proxy.send(REQUEST.formatted("", "198.51.100.7", "X-Forwarded-Host: dev1.t.test:9443\r\n"))
                                .head())
                        .contains("Location: https://dev1.t.test:9443/login\r\n");
            }
        }
    }

    @Test
    void a_proxy_that_ended_tls_and_asks_port_80_is_told_so_instead_of_sent_round() throws Exception {
        front.publish(d -> d, r -> r);
        try (RawVisitor proxy = RawVisitor.plain(front.plainAddress)) {
            assertThat(proxy.send(REQUEST.formatted(
                                    "", "198.51.100.7", "X-Forwarded-Proto: https\r\nConnection: close\r\n"))
                            .rest())
                    .startsWith("HTTP/1.1 502 ")
                    .contains("SP-469");
        }
        try (RawVisitor proxy = RawVisitor.plain(front.plainAddress)) {
            assertThat(proxy.send(REQUEST.formatted(
                                    "", "198.51.100.7", "X-Forwarded-Proto: http\r\nConnection: close\r\n"))
                            .rest())
                    .startsWith("HTTP/1.1 301 ");
        }
        assertThat(front.events(GatewayEvent.RequestServed.class))
                .extracting(served -> served.from().getAddress())
                .containsOnly(InetAddress.ofLiteral("198.51.100.7"));
    }
}
