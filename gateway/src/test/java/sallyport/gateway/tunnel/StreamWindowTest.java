package sallyport.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How windows grow, shrink and share. */
final class StreamWindowTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    private final WindowBudget budget = new WindowBudget(32L * MIB);
    private final WindowBudget.Share session = budget.share();
    private final AtomicLong clock = new AtomicLong();

    private StreamWindow window() {
        return new StreamWindow(session, clock::get);
    }

    /** A device that always fills its window and a visitor who takes everything at once. */
    private static void drain(StreamWindow window, long bytes) {
        for (long passed = 0; passed < bytes; ) {
            long burst = window.open();
            assertThat(burst).isPositive();
            assertThat(window.received(burst)).isTrue();
            for (long left = burst; left > 0; left -= Math.min(left, 32 * KIB)) {
                window.credited(Math.min(left, 32 * KIB));
            }
            passed += burst;
        }
    }

    @Test
    void a_stream_starts_with_256_kib() {
        assertThat(window().open()).isEqualTo(256 * KIB);
        assertThat(session.held()).isEqualTo(256 * KIB);
    }

    @Test
    void a_window_that_is_drained_grows_to_8_mib_and_not_beyond() {
        StreamWindow window = window();
        drain(window, 200L * MIB);
        assertThat(window.size()).isEqualTo(8 * MIB);
        assertThat(session.held()).isEqualTo(8 * MIB);
        window.close();
        assertThat(budget.reserved()).isZero();
    }

    @Test
    void a_visitor_who_lags_behind_does_not_get_a_larger_window() {
        StreamWindow window = window();
        window.received(window.open());
        for (int i = 0; i < 10_000; i++) {
            int more = window.credited(8 * KIB);
            if (more > 0) {
                window.received(more);
            }
        }
        assertThat(window.size()).isEqualTo(256 * KIB);
    }

    @Test
    void a_grown_window_shrinks_when_the_visitor_begins_to_lag() {
        StreamWindow window = window();
        drain(window, 100L * MIB);
        window.received(window.open());
        for (int i = 0; i < 10_000; i++) {
            clock.addAndGet(1_000_000);
            int more = window.credited(8 * KIB);
            window.received(Math.min(window.open(), Math.max(more, 8 * KIB)));
        }
        assertThat(window.size()).isEqualTo(256 * KIB);
    }

    @Test
    void a_visitor_who_stalls_is_back_at_the_first_size() {
        StreamWindow window = window();
        drain(window, 100L * MIB);
        window.received(100 * KIB);
        clock.addAndGet(StreamWindow.STALL_NANOS + 1);
        window.received(100 * KIB);
        assertThat(window.size()).isEqualTo(256 * KIB);
        long open = window.open();
        window.received(open);
        assertThat(window.credited(8 * MIB - 256 * KIB)).isZero();
        assertThat(session.held()).isEqualTo(256 * KIB);
    }

    @Test
    void a_device_that_sends_beyond_its_window_is_told_so() {
        StreamWindow window = window();
        assertThat(window.received(256 * KIB + 1)).isFalse();
        assertThat(window.received(256 * KIB)).isTrue();
        assertThat(window.received(1)).isFalse();
    }

    @Test
    void streams_beyond_the_session_s_budget_start_at_32_kib() {
        List<StreamWindow> windows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            windows.add(window());
        }
        assertThat(windows.get(31).open()).isEqualTo(256 * KIB);
        assertThat(windows.get(32).open()).isEqualTo(32 * KIB);
        windows.forEach(StreamWindow::close);
        assertThat(budget.reserved()).isZero();
    }

    @Test
    void streams_beyond_the_budget_of_all_start_at_32_kib_and_none_at_twice_of_it() {
        WindowBudget small = new WindowBudget(MIB);
        for (int i = 0; i < 4; i++) {
            assertThat(new StreamWindow(small.share(), clock::get).open()).isEqualTo(256 * KIB);
        }
        WindowBudget.Share share = small.share();
        int more = 0;
        while (!share.exhausted()) {
            assertThat(new StreamWindow(share, clock::get).open()).isEqualTo(32 * KIB);
            more++;
        }
        assertThat(more).isEqualTo(MIB / (32 * KIB));
        assertThat(small.reserved()).isEqualTo(2 * MIB);
    }

    @Test
    void a_second_stream_gets_its_half_back_from_one_that_had_everything() {
        StreamWindow greedy = window();
        drain(greedy, 100L * MIB);
        StreamWindow second = window();
        assertThat(second.open()).isEqualTo(32 * KIB);
        for (int i = 0; i < 20; i++) {
            drain(greedy, 8L * MIB);
            drain(second, 8L * MIB);
        }
        assertThat(greedy.size()).isLessThanOrEqualTo(4 * MIB);
        assertThat(second.size()).isGreaterThanOrEqualTo(2 * MIB);
        assertThat(session.held()).isLessThanOrEqualTo(8 * MIB);
    }

    @Test
    void whatever_happens_the_books_are_exact_and_no_window_dries_up() {
        Random random = new Random(11);
        List<StreamWindow> open = new ArrayList<>();
        for (int step = 0; step < 200_000; step++) {
            clock.addAndGet(random.nextInt(2_000_000));
            int what = random.nextInt(100);
            if (open.isEmpty() || (what == 0 && open.size() < 60 && !session.exhausted())) {
                open.add(window());
                continue;
            }
            StreamWindow one = open.get(random.nextInt(open.size()));
            if (what == 1) {
                one.close();
                open.remove(one);
            } else if (what == 2) {
                one.credited(one.held());
            } else if (random.nextBoolean()) {
                one.received(Math.min(one.open(), random.nextInt(128 * KIB)));
            } else if (one.held() > 0) {
                one.credited(1 + random.nextInt((int) Math.min(one.held(), 128 * KIB)));
            }
            assertThat(one.reserved()).isGreaterThanOrEqualTo(one.open() + one.held());
            assertThat(what == 1 || one.held() > 0 || one.open() > 0).isTrue();
            long sum = open.stream().mapToLong(StreamWindow::reserved).sum();
            assertThat(session.held()).isEqualTo(sum);
            assertThat(budget.reserved()).isEqualTo(sum);
        }
        open.forEach(StreamWindow::close);
        assertThat(budget.reserved()).isZero();
    }
}
