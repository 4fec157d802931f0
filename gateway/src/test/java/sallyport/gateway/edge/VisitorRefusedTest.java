package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/** Who comes without TLS, without a name or with an unknown one: an end, one event, nothing left behind. */
final class VisitorRefusedTest {
    static Stream<String> noTls() {
        return Stream.of(
                "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\u0000\u0001garbage\r\n");
    }

    @ParameterizedTest
    @MethodSource("noTls")
    void what_is_not_tls_is_closed_without_a_byte_and_told_once(String bytes) throws Exception {
        try (TestFront front = new TestFront();
                RawVisitor visitor = RawVisitor.plain(front.address)) {
            assertThat(visitor.send(bytes).rest()).isEmpty();
            assertRefusedOnce(front, Fault.NOT_TLS);
        }
    }

    static Stream<byte[]> unfinished() {
        return Stream.of(new byte[0], new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
    }

    @ParameterizedTest
    @MethodSource("unfinished")
    void half_a_hello_or_none_is_closed_at_the_deadline_and_told_once(byte[] bytes) throws Exception {
        try (TestFront front = new TestFront(TestFront.Soon.HELLO);
                RawVisitor visitor = RawVisitor.plain(front.address)) {
            assertThat(visitor.send(bytes).rest()).isEmpty();
            assertRefusedOnce(front, Fault.HELLO_TIMEOUT);
        }
    }

    @Test
    void a_hello_that_breaks_off_is_told_once() throws Exception {
        try (TestFront front = new TestFront()) {
            try (RawVisitor visitor = RawVisitor.plain(front.address)) {
                visitor.send(new byte[] {22, 3, 1, 2});
            }
            assertRefusedOnce(front, Fault.HELLO_REFUSED);
        }
    }

    @Test
    void an_unknown_name_gets_the_alert_and_no_certificate() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(device -> device, route -> route);
            assertThatThrownBy(() -> RawVisitor.tls(front.address, "other.t.test", TestCertificates.trustingAnything()))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("unrecognized_name");
            assertRefusedOnce(front, Fault.UNKNOWN_HOSTNAME);
        }
    }

    @Test
    void no_name_gets_the_alert() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(device -> device, route -> route);
            SSLSocket socket = (SSLSocket) TestCertificates.trustingAnything()
                    .getSocketFactory()
                    .createSocket(front.address.getAddress(), front.address.getPort());
            try (socket) {
                assertThatThrownBy(socket::startHandshake).hasMessageContaining("unrecognized_name");
            }
            assertRefusedOnce(front, Fault.HELLO_REFUSED);
        }
    }

    @Test
    void protocols_of_which_none_is_spoken_get_the_alert() throws Exception {
        try (TestFront front = new TestFront()) {
            front.publish(device -> device, route -> route);
            SSLSocket socket = (SSLSocket) TestCertificates.trustingAnything()
                    .getSocketFactory()
                    .createSocket(front.address.getAddress(), front.address.getPort());
            try (socket) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(java.util.List.of(new javax.net.ssl.SNIHostName("dev1.t.test")));
                parameters.setApplicationProtocols(new String[] {"h3", "acme-tls/1"});
                socket.setSSLParameters(parameters);
                assertThatThrownBy(socket::startHandshake).hasMessageContaining("no_application_protocol");
            }
            assertRefusedOnce(front, Fault.NO_COMMON_PROTOCOL);
        }
    }

    @Test
    void a_hello_cut_anywhere_between_segments_is_served() throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                TestFront front = TestFront.leadingTo(device);
                SegmentingRelay relay = new SegmentingRelay(front.address)) {
            for (int cut = 1; cut < 240; cut += 17) {
                relay.cut(cut);
                try (RawVisitor visitor =
                        RawVisitor.tls(relay.address(), TestFront.NAME.value(), TestCertificates.trustingAnything())) {
                    assertThat(visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n")
                                    .answer())
                            .endsWith("ok");
                }
            }
        }
    }

    @Test
    void more_visitors_than_the_limit_are_closed_at_once() throws Exception {
        try (TestFront front = new TestFront(settings -> new FrontSettings(
                        settings.listen(),
                        settings.publicPort(),
                        settings.console(),
                        settings.doorstep(),
                        settings.proxies(),
                        settings.ssh(),
                        settings.deadlines(),
                        2));
                RawVisitor first = RawVisitor.plain(front.address);
                RawVisitor second = RawVisitor.plain(front.address)) {
            await().until(() -> front.https.visitors() == 2);
            try (RawVisitor third = RawVisitor.plain(front.address)) {
                assertThat(third.rest()).isEmpty();
            }
            assertRefusedOnce(front, Fault.TOO_MANY_VISITORS);
            assertThat(Arrays.asList(first.socket().isClosed(), second.socket().isClosed()))
                    .containsOnly(false);
        }
    }

    @Test
    void a_request_head_that_never_ends_is_answered_with_408() throws Exception {
        try (TestFront front = new TestFront(TestFront.Soon.REQUEST_HEAD)) {
            front.publish(device -> device, route -> route);
            try (RawVisitor visitor = front.visitor()) {
                assertThat(visitor.send("GET / HT").rest())
                        .startsWith("HTTP/1.1 408 ")
                        .contains("SP-408");
            }
        }
    }

    @Test
    void an_idle_connection_ends_in_order() throws Exception {
        try (TestFront front = new TestFront(TestFront.Soon.IDLE)) {
            front.publish(device -> device, route -> route);
            try (RawVisitor visitor = front.visitor()) {
                assertThat(visitor.rest()).isEmpty();
            }
        }
    }

    private static void assertRefusedOnce(TestFront front, Fault fault) {
        await().until(() -> front.https.visitors() == 0 || fault == Fault.TOO_MANY_VISITORS);
        assertThat(front.events(GatewayEvent.VisitorRefused.class))
                .extracting(event -> event.why().fault())
                .containsExactly(fault);
    }
}
