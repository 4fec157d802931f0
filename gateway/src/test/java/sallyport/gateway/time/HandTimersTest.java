package sallyport.gateway.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HandTimersTest {
    private final HandTimers timers = new HandTimers();
    private final List<String> ran = new ArrayList<>();

    private Timers.Timeout in(int seconds, String name) {
        return timers.schedule(Runnable::run, Duration.ofSeconds(seconds), () -> ran.add(name));
    }

    @Test
    void runs_what_came_due_in_order() {
        in(2, "second");
        in(1, "first");
        in(4, "later");
        timers.advance(Duration.ofSeconds(3));
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void runs_what_a_due_task_schedules_within_the_same_step() {
        timers.schedule(Runnable::run, Duration.ofSeconds(1), () -> in(1, "again"));
        timers.advance(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("again");
    }

    @Test
    void forgets_a_cancelled_task() {
        in(1, "never").cancel();
        timers.advance(Duration.ofSeconds(2));
        assertThat(ran).isEmpty();
    }
}
