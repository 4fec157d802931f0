package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import sallyport.gateway.event.GatewayEvent;

/** The end of a connection waits for the visitor to take what was said, not the other way round. */
final class SlowGoodbyeTest {
    private static final int SIZE = 32 * 1024 * 1024;
    private static final Duration LINGER = Duration.ofMillis(100);
    /** Longer than the linger and the 3 s that Netty's TLS handler gives a flush when a channel is closed. */
    private static final Duration PAUSE = Duration.ofSeconds(4);

    private static Deadlines impatient(Deadlines normal) {
        return new Deadlines(
                normal.hello(),
                normal.handshake(),
                normal.requestHead(),
                normal.idle(),
                normal.answer(),
                normal.stall(),
                normal.settle(),
                LINGER);
    }

    @Test
    void a_visitor_who_pauses_before_the_last_bytes_of_a_closing_connection_gets_them() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
                    connection.out().write(new byte[SIZE]);
                });
                TestFront front = new TestFront(settings -> new FrontSettings(
                        settings.listen(),
                        settings.publicPort(),
                        settings.console(),
                        settings.doorstep(),
                        settings.proxies(),
                        settings.ssh(),
                        impatient(settings.deadlines()),
                        settings.maxVisitors()))) {
            front.publish(d -> d, route -> route);
            front.connect(device.address());
            try (RawVisitor visitor = front.visitor()) {
                visitor.send("GET /big HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n")
                        .head();
                InputStream in = visitor.socket().getInputStream();
                int taken = 0;
                while (front.events(GatewayEvent.RequestServed.class).isEmpty()) {
                    taken += in.readNBytes(16 * 1024).length;
                }
                await().pollDelay(PAUSE).until(() -> true);
                assertThat(taken + in.readAllBytes().length).isEqualTo(SIZE);
            }
        }
    }
}
