package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/** {@code --tls passthrough}: routed by SNI, not a byte changed. */
final class PassthroughTest {
    /** A ClientHello for dev1.t.test, by hand, in two records. */
    private static byte[] hello() {
        byte[] name = "dev1.t.test".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int extension = name.length + 5;
        int extensions = extension + 4;
        int body = 2 + 32 + 1 + 4 + 2 + 2 + extensions;
        message.writeBytes(new byte[] {1, 0, 0, (byte) body, 3, 3});
        message.writeBytes(new byte[32]);
        message.writeBytes(new byte[] {0, 0, 2, 0x13, 1, 1, 0, 0, (byte) extensions});
        message.writeBytes(new byte[] {0, 0, 0, (byte) extension, 0, (byte) (extension - 2), 0, 0, (byte) name.length});
        message.writeBytes(name);
        byte[] bytes = message.toByteArray();
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        records.writeBytes(new byte[] {22, 3, 1, 0, 10});
        records.write(bytes, 0, 10);
        records.writeBytes(new byte[] {22, 3, 1, 0, (byte) (bytes.length - 10)});
        records.write(bytes, 10, bytes.length - 10);
        return records.toByteArray();
    }

    @Test
    void every_byte_goes_through_and_half_close_both_ways() throws Exception {
        byte[] hello = hello();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.in().transferTo(got);
                    connection.send("after your end");
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, TestFront::passthrough);
            try (RawVisitor visitor = RawVisitor.plain(front.address)) {
                visitor.send(hello).send("\u0000\u00ffmore");
                visitor.socket().shutdownOutput();
                assertThat(visitor.rest()).isEqualTo("after your end");
            }
            byte[] all = Arrays.copyOf(hello, hello.length + 6);
            System.arraycopy(new byte[] {0, (byte) 0xff, 'm', 'o', 'r', 'e'}, 0, all, hello.length, 6);
            assertThat(got.toByteArray()).isEqualTo(all);
            await().until(() ->
                    !front.events(GatewayEvent.ConnectionServed.class).isEmpty());
            assertThat(front.events(GatewayEvent.ConnectionServed.class).getFirst())
                    .matches(event -> event.bytesOut() == 14 && event.problem().isEmpty());
        }
    }

    @Test
    void tls_ends_at_the_device_with_the_devices_certificate() throws Exception {
        try (RawDevice device = RawDevice.secured(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, TestFront::passthrough);
            try (RawVisitor visitor = front.visitor()) {
                String subject = ((javax.net.ssl.SSLSocket) visitor.socket())
                        .getSession()
                        .getPeerPrincipal()
                        .getName();
                assertThat(subject).isEqualTo("CN=device");
                assertThat(visitor.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").answer())
                        .endsWith("ok");
                assertThat(device.heads()).containsExactly("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            }
        }
    }

    @Test
    void a_visitor_from_elsewhere_is_closed_without_a_byte() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> connection.send("secret"));
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> TestFront.visitedFrom(d, "192.0.2.0/24"), TestFront::passthrough);
            try (RawVisitor visitor = RawVisitor.plain(front.address)) {
                assertThat(visitor.send(hello()).rest()).isEmpty();
            }
            assertThat(device.connections()).isZero();
            assertThat(front.events(GatewayEvent.VisitorRefused.class)
                            .getFirst()
                            .why()
                            .fault())
                    .isEqualTo(Fault.VISITOR_FORBIDDEN);
        }
    }

    @Test
    void a_reset_of_the_device_resets_the_visitor() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.send("x");
                    connection.read(1);
                    connection.reset();
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, TestFront::passthrough);
            try (RawVisitor visitor = RawVisitor.plain(front.address)) {
                visitor.send(hello());
                assertThat(visitor.isCutOff()).isTrue();
            }
        }
    }
}
