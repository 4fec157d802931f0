package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Bytes a second over the last half minute or so. */
final class UploadRateTest {
    private final UploadRate rate = new UploadRate(0);

    private long after(int seconds, long bytes) {
        return rate.perSecond(Duration.ofSeconds(seconds).toNanos(), bytes);
    }

    @Test
    void the_first_second_is_not_multiplied() {
        assertThat(rate.perSecond(Duration.ofMillis(10).toNanos(), 1000)).isEqualTo(1000);
    }

    @Test
    void what_came_long_ago_is_forgotten() {
        for (int second = 1; second <= 100; second++) {
            assertThat(after(second, second * 1000L)).isEqualTo(1000);
        }
        assertThat(after(120, 100_000)).isBetween(300L, 700L);
        after(150, 100_000);
        assertThat(after(180, 100_000)).isZero();
    }

    @Test
    void who_looks_late_sees_a_stall_too() {
        for (int second = 1; second <= 60; second++) {
            after(second, second * 1000L);
        }
        assertThat(after(660, 60_000)).isLessThan(100);
    }

    @Test
    void the_largest_numbers_do_not_overflow() {
        long much = 1L << 60;
        assertThat(after(10, much)).isBetween(much / 11, much / 9);
    }
}
