package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.time.HandTimers;

/** A visitor of HTTP/2 who needed two connections at a time finds a third open; the clock is turned by hand. */
final class SpareConnectionsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final HandTimers timers = new HandTimers();
    private final TestFront front = new TestFront(settings -> settings, timers);
    private int streams;

    private TestFront leadingTo(RawDevice device) {
        front.publish(d -> d, route -> route);
        front.connect(device.address());
        return front;
    }

    @AfterEach
    void stop() {
        front.close();
    }

    /** So many requests at the same moment, and their answers. */
    private void ask(RawHttp2Visitor visitor, int requests) throws IOException {
        int first = streams + 1;
        for (int i = 0; i < requests; i++) {
            streams += i == 0 ? 1 : 2;
            visitor.get(streams, "/" + requests);
        }
        for (int stream = first; stream <= streams; stream += 2) {
            assertThat(visitor.answer(stream).body()).isEqualTo("ok");
        }
        streams++;
    }

    /** {@code /N} is answered when N requests for it have come; one connection ends at once, by its number. */
    private static RawDevice device(int refusing) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        Map<String, CyclicBarrier> groups = new ConcurrentHashMap<>();
        return RawDevice.running(connection -> {
            if (connections.incrementAndGet() == refusing) {
                return;
            }
            for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
                String wanted = head.substring("GET /".length(), "GET /".length() + 1);
                try {
                    groups.computeIfAbsent(wanted, n -> new CyclicBarrier(Integer.parseInt(n)))
                            .await();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IOException(e);
                }
                connection.send(OK);
            }
        });
    }

    /** The device has accepted what was opened before, and one connection of the test's own. */
    private static int connectionsUntilNow(RawDevice device) throws IOException {
        try (RawVisitor probe = RawVisitor.plain(device.address())) {
            probe.send("GET /1 HTTP/1.1\r\n\r\n").answer();
            return device.connections() - 1;
        }
    }

    /** What the device has accepted, the gateway has seen open after one more exchange. */
    private void sparesEnd(RawHttp2Visitor visitor) throws IOException {
        ask(visitor, 1);
        timers.advance(DevicePool.SPARE_PATIENCE);
    }

    @Test
    void a_spare_is_there_for_the_next_request_and_ends_when_none_comes() throws Exception {
        try (RawDevice device = device(0);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(leadingTo(device))) {
            ask(visitor, 1);
            ask(visitor, 1);
            assertThat(device.connections()).isOne();
            ask(visitor, 2);
            await().until(() -> device.connections() == 3 && device.heads().size() == 4);

            sparesEnd(visitor);
            await().until(() -> device.openConnections() == 2);
        }
    }

    @Test
    void a_spare_carries_the_next_request_that_needs_a_connection() throws Exception {
        try (RawDevice device = device(0);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(leadingTo(device))) {
            ask(visitor, 2);
            await().until(() -> device.connections() == 3);
            ask(visitor, 1);
            ask(visitor, 3);
            await().until(() -> device.connections() == 4); // the next spare
            sparesEnd(visitor);
            await().until(() -> device.openConnections() == 3);
            assertThat(device.connections()).isEqualTo(4);
        }
    }

    @Test
    void a_device_that_ends_a_spare_gets_no_other() throws Exception {
        try (RawDevice device = device(3);
                RawHttp2Visitor visitor = RawHttp2Visitor.open(leadingTo(device))) {
            ask(visitor, 2);
            await().until(() -> device.connections() == 3 && device.openConnections() == 2);
            for (int i = 0; i < 3; i++) {
                ask(visitor, 1); // the gateway has seen the end by then
                timers.advance(Deadlines.DEFAULT.settle());
            }
            ask(visitor, 3);
            assertThat(connectionsUntilNow(device)).isEqualTo(4);
        }
    }
}
