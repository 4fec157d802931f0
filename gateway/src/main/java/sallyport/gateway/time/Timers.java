package sallyport.gateway.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * The clock and the timers of everything that waits longer than a network round trip. Tests turn one by hand.
 *
 * <p>Any thread may call it.
 */
public interface Timers {
    /** Monotonic nanoseconds, for measuring; comparable only with other values of the same object. */
    long nanoTime();

    /** Wall-clock time, for people and certificates. */
    Instant now();

    /**
     * Runs {@code task} on {@code executor} (an event loop) after {@code delay}, once.
     *
     * @return cancels it; cancelling twice or late does nothing
     */
    Timeout schedule(Executor executor, Duration delay, Runnable task);

    /** Milliseconds since {@code nanoTime} was {@code start}. */
    default long millisSince(long start) {
        return (nanoTime() - start) / 1_000_000;
    }

    /** A task that waits for its time. */
    interface Timeout {
        void cancel();
    }
}
