package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import sallyport.gateway.time.HandTimers;

/** A body that makes no progress for ten minutes ends its exchange, and not before. */
final class StalledExchangeTest {
    private static final Duration ALMOST = Duration.ofMinutes(10).minusSeconds(1);

    private final HandTimers timers = new HandTimers(Instant.EPOCH);

    private TestFront front(RawDevice device) {
        TestFront front = new TestFront(settings -> settings, timers);
        front.publish(d -> d, r -> r);
        front.connect(device.address());
        return front;
    }

    @Test
    void a_visitor_who_stops_in_its_upload_is_answered_with_408_after_ten_minutes() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.in().skipNBytes(3);
                    arrived.countDown();
                    connection.in().skipNBytes(7);
                });
                TestFront front = front(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("PUT /f HTTP/1.1\r\nHost: dev1.t.test\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(arrived.await(5, TimeUnit.SECONDS)).isTrue();

            timers.advance(ALMOST);
            front.loops.group().next().submit(() -> {}).get(5, TimeUnit.SECONDS);
            assertThat(front.https.visitors()).isOne();
            assertThat(visitor.socket().getInputStream().available()).isZero();

            timers.advance(Duration.ofSeconds(2));
            assertThat(visitor.head()).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void a_visitor_who_takes_nothing_of_an_answer_for_ten_minutes_is_cut_off() throws Exception {
        AtomicLong sent = new AtomicLong();
        AtomicBoolean cut = new AtomicBoolean();
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    byte[] block = new byte[64 * 1024];
                    try {
                        while (true) {
                            connection.out().write(block);
                            sent.addAndGet(block.length);
                        }
                    } finally {
                        cut.set(true);
                    }
                });
                TestFront front = front(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET /big HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").head();
            AtomicLong before = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(200)).until(() -> before.getAndSet(sent.get()) == sent.get());

            timers.advance(ALMOST);
            front.loops.group().next().submit(() -> {}).get(5, TimeUnit.SECONDS);
            assertThat(cut).isFalse();

            timers.advance(Duration.ofSeconds(2));
            await().untilTrue(cut);
            assertThat(visitor.isCutOff()).isTrue();
        }
    }
}
