package sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sallyport.gateway.time.Timers;

class ManualTimersTest {
    private final ManualTimers timers = new ManualTimers();
    private final List<String> ran = new ArrayList<>();

    private Timers.Timeout in(int seconds, String name) {
        return timers.schedule(Runnable::run, Duration.ofSeconds(seconds), () -> ran.add(name));
    }

    @Test
    void runsWhatCameDueInOrder() {
        in(2, "second");
        in(1, "first");
        in(4, "later");
        timers.advance(Duration.ofSeconds(3));
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void runsWhatADueTaskSchedulesWithinTheSameStep() {
        timers.schedule(Runnable::run, Duration.ofSeconds(1), () -> in(1, "again"));
        timers.advance(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("again");
    }

    @Test
    void forgetsACancelledTask() {
        in(1, "never").cancel();
        timers.advance(Duration.ofSeconds(2));
        assertThat(ran).isEmpty();
    }
}
