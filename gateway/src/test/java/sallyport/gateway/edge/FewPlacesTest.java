package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.event.GatewayEvent;

/** Small web servers that serve few connections at a time stay usable for browsers, which open six. */
final class FewPlacesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Keeps connections alive, and looks at no further one while it has {@code slots} of them. */
    private static RawDevice serving(int slots, AtomicInteger most) throws IOException {
        Semaphore free = new Semaphore(slots);
        AtomicInteger now = new AtomicInteger();
        return RawDevice.running(connection -> {
            free.acquireUninterruptibly();
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                while (!connection.head().isEmpty()) {
                    connection.send(OK);
                }
            } finally {
                now.decrementAndGet();
                free.release();
            }
        });
    }

    /** Six connections of a browser that ask three times each, all at once. */
    private static void browse(TestFront front) throws Exception {
        try (ExecutorService browser = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> connections = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Callable<Integer> asking = () -> {
                    try (RawVisitor visitor = front.visitor()) {
                        int answers = 0;
                        for (int request = 0; request < 3; request++) {
                            answers += visitor.send(GET).answer().endsWith("\r\n\r\nok") ? 1 : 0;
                        }
                        return answers;
                    }
                };
                connections.add(browser.submit(asking));
            }
            for (Future<Integer> connection : connections) {
                assertThat(connection.get()).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void a_server_with_few_slots_answers_everybody(int slots) throws Exception {
        try (RawDevice device = serving(slots, new AtomicInteger());
                TestFront front = TestFront.leadingTo(device)) {
            browse(front);
        }
    }

    @Test
    void a_server_with_one_slot_is_found_out_and_told() throws Exception {
        try (RawDevice device = serving(1, new AtomicInteger());
                TestFront front = TestFront.leadingTo(device)) {
            List<RawVisitor> visitors = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                visitors.add(front.visitor().send(GET));
            }
            for (RawVisitor visitor : visitors) {
                assertThat(visitor.answer()).endsWith("ok");
            }
            assertThat(front.events(GatewayEvent.ParallelStreamsLowered.class))
                    .containsExactly(new GatewayEvent.ParallelStreamsLowered(TestFront.DEV1, TestFront.PORT, 1));
            for (RawVisitor visitor : visitors) {
                visitor.close();
            }
        }
    }

    @Test
    void the_operators_limit_is_never_exceeded_and_nobody_waits_for_an_idle_connection() throws Exception {
        AtomicInteger most = new AtomicInteger();
        try (RawDevice device = serving(100, most);
                TestFront front = new TestFront()) {
            front.publish(d -> d, route -> TestFront.with(route, "parallel-streams", "1"));
            front.connect(device.address());
            browse(front);
            assertThat(most).hasValueLessThanOrEqualTo(2); // one may still be closing at the device
        }
    }

    @Test
    void who_waits_too_long_is_told_so() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
                    connection.read();
                });
                TestFront front = new TestFront(TestFront.Soon.ANSWER)) {
            front.publish(d -> d, route -> TestFront.with(route, "parallel-streams", "1"));
            front.connect(device.address());
            try (RawVisitor endless = front.visitor();
                    RawVisitor late = front.visitor()) {
                endless.send(GET).until("hello");
                assertThat(late.send(GET).answer())
                        .startsWith("HTTP/1.1 503 ")
                        .contains("Retry-After: 5", "SP-525", "--parallel-streams");
            }
        }
    }
}
