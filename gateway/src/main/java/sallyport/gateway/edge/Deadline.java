package sallyport.gateway.edge;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.time.Timers;

/**
 * The one deadline that a connection has at any time. A new one replaces the old; {@link #touch} puts it off without
 * touching the timer, so that it costs nothing per packet. Runs on the connection's loop.
 */
final class Deadline {
    private final Timers timers;
    private final Executor loop;
    private Timers.@Nullable Timeout timeout;
    private long since;

    Deadline(Timers timers, Executor loop) {
        this.timers = timers;
        this.loop = loop;
    }

    void set(Duration after, Runnable missed) {
        clear();
        since = timers.nanoTime();
        arm(after, after, missed);
    }

    /** There was progress: the time starts again. */
    void touch() {
        since = timers.nanoTime();
    }

    void clear() {
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
    }

    private void arm(Duration after, Duration whole, Runnable missed) {
        timeout = timers.schedule(loop, after, () -> {
            timeout = null;
            Duration left = whole.minusNanos(timers.nanoTime() - since);
            if (left.isPositive()) {
                arm(left, whole, missed);
            } else {
                missed.run();
            }
        });
    }
}
