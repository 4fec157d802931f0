package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;

/** What a visitor gets when something between it and the device's web server is missing (case G21). */
final class DeviceAwayTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n";

    private static InetSocketAddress nobody() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    @Test
    void a_web_server_that_is_down_is_502() throws Exception {
        try (TestFront front = TestFront.leadingTo(nobody())) {
            assertThat(front.exchange(GET))
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .contains("SP-502");
        }
    }

    @Test
    void a_web_server_that_never_answers_is_504() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.read();
                });
                TestFront front = new TestFront(TestFront.Soon.ANSWER)) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            assertThat(front.exchange(GET))
                    .startsWith("HTTP/1.1 504 Gateway Timeout\r\n")
                    .contains("SP-504");
        }
    }

    @Test
    void a_device_that_is_away_is_503_with_retry_after_once_the_wait_is_over() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            assertThat(front.exchange(GET))
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .contains("Retry-After: 10\r\n", "Cache-Control: no-store\r\n", "SP-503");
        }
    }

    @Test
    void a_disabled_device_is_503_at_once() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(TestFront::disabled, r -> r);
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 503 ");
        }
    }

    @Test
    void a_visitor_from_elsewhere_is_403_also_while_the_device_is_away() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(device -> TestFront.visitedFrom(device, "192.0.2.0/24"), r -> r);
            assertThat(front.exchange(GET))
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("SP-403");
        }
    }

    @Test
    void programs_that_ask_for_json_get_a_problem_and_head_gets_no_body() throws Exception {
        try (TestFront front = TestFront.leadingTo(nobody())) {
            assertThat(front.exchange(GET.replace("Connection", "Accept: application/json\r\nConnection")))
                    .contains("Content-Type: application/problem+json\r\n", "\"status\":502", "\"code\":\"SP-502\"");
            assertThat(front.exchange(GET.replace("GET", "HEAD")))
                    .contains("Content-Length: ")
                    .endsWith("\r\n\r\n");
            assertThat(front.exchange(GET)).contains("Content-Security-Policy: default-src 'none'", "<style>");
        }
    }

    @Test
    void a_device_that_speaks_tls_gets_tls() throws Exception {
        try (RawDevice device = RawDevice.secured(connection -> {
                    connection.head();
                    connection.send(OK);
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.speech.known.put(TestFront.PORT, Speech.TLS);
            assertThat(front.exchange(GET)).endsWith("ok");
        }
    }

    @Test
    void what_a_port_speaks_is_found_out_when_it_is_not_known() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.speech.known.clear();
            front.speech.next = Speech.PLAIN;
            assertThat(front.exchange(GET)).endsWith("ok");
            front.speech.known.clear();
            front.speech.next = Speech.UNKNOWN;
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 502 ").contains("SP-512");
            front.speech.wrong = Fault.WEB_SERVER_SILENT.problem();
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 504 ").contains("SP-504");
            front.speech.wrong = null;
            front.speech.next = Speech.DOWN;
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 502 ").contains("SP-502");
        }
    }

    @Test
    void plain_is_never_used_where_tls_was_seen_unless_the_operator_says_so() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(TestFront::tlsSeen, r -> r);
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 502 ").contains("SP-505");
            assertThat(device.heads()).isEmpty();
            front.publish(TestFront::tlsSeen, route -> TestFront.speaking(route, DeviceTls.NO));
            assertThat(front.exchange(GET)).endsWith("ok");
        }
    }

    @Test
    void a_device_that_suddenly_answers_tls_in_plain_gets_no_request() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.read();
                    connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(TestFront::tlsSeen, r -> r);
            front.speech.known.put(TestFront.PORT, Speech.TLS);
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 502 ").contains("SP-505");
            assertThat(front.speech.probes).hasPositiveValue();
        }
    }

    @Test
    void a_connection_that_the_device_closed_while_idle_is_replaced_for_any_method() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send(OK);
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            LoopbackTunnel tunnel = (LoopbackTunnel)
                    front.tunnels.find(TestFront.PORT).orElseThrow().tunnel();
            for (int i = 1; i <= 3; i++) {
                visitor.send("POST / HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 0\r\n\r\n");
                assertThat(visitor.answer()).endsWith("ok");
                await().until(() -> tunnel.open() == 0);
            }
        }
    }

    @Test
    void a_get_whose_tunnel_ended_before_the_answer_goes_to_the_next_tunnel() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        AtomicInteger served = new AtomicInteger();
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    if (served.incrementAndGet() == 1) {
                        arrived.countDown();
                        connection.read();
                    } else {
                        connection.send(OK);
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            LoopbackTunnel tunnel = (LoopbackTunnel)
                    front.tunnels.find(TestFront.PORT).orElseThrow().tunnel();
            visitor.send(GET);
            arrived.await();
            front.disconnect(tunnel);
            front.connect(device.address());
            assertThat(visitor.rest()).endsWith("ok");
            assertThat(served).hasValue(2);
        }
    }

    @Test
    void a_get_whose_stream_alone_was_reset_is_not_repeated() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.reset();
                });
                TestFront front = TestFront.leadingTo(device)) {
            assertThat(front.exchange(GET)).startsWith("HTTP/1.1 502 ").contains("SP-506");
            assertThat(device.heads()).hasSize(1);
        }
    }

    @Test
    void a_post_whose_tunnel_ended_is_not_repeated() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    arrived.countDown();
                    connection.read();
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            LoopbackTunnel tunnel = (LoopbackTunnel)
                    front.tunnels.find(TestFront.PORT).orElseThrow().tunnel();
            visitor.send("POST / HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 0\r\n\r\n");
            arrived.await();
            front.disconnect(tunnel);
            front.connect(device.address());
            assertThat(visitor.answer()).startsWith("HTTP/1.1 502 ");
            assertThat(device.heads()).hasSize(1);
        }
    }

    @Test
    void a_restart_of_the_tunnel_under_constant_requests_costs_a_pause_and_no_error() throws Exception {
        AtomicInteger ok = new AtomicInteger();
        AtomicInteger bad = new AtomicInteger();
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            LoopbackTunnel tunnel = front.connect(device.address());
            Thread[] visitors = new Thread[4];
            CountDownLatch stop = new CountDownLatch(1);
            for (int i = 0; i < visitors.length; i++) {
                visitors[i] = Thread.ofVirtual().start(() -> {
                    try (RawVisitor visitor = front.visitor()) {
                        while (stop.getCount() > 0) {
                            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
                            (visitor.answer().endsWith("ok") ? ok : bad).incrementAndGet();
                        }
                    } catch (Exception e) {
                        bad.incrementAndGet();
                    }
                });
            }
            for (int restart = 1; restart <= 5; restart++) {
                int before = ok.get();
                await().until(() -> ok.get() > before + 20 || bad.get() > 0);
                front.disconnect(tunnel);
                Thread.ofVirtual().start(() -> {}).join();
                tunnel = front.connect(device.address());
            }
            stop.countDown();
            for (Thread visitor : visitors) {
                visitor.join();
            }
            assertThat(bad).hasValue(0);
            assertThat(front.events(GatewayEvent.RequestServed.class)).allMatch(event -> event.status() == 200);
        }
    }

    @Test
    void a_request_waits_for_the_next_tunnel() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            front.disconnect((LoopbackTunnel)
                    front.tunnels.find(TestFront.PORT).orElseThrow().tunnel());
            visitor.send(GET);
            assertThat(Optional.of(front.tunnels.find(TestFront.PORT))).contains(Optional.empty());
            front.connect(device.address());
            assertThat(visitor.rest()).endsWith("ok");
        }
    }
}
