package sallyport.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import sallyport.gateway.time.Timers;

/**
 * A clock that stands until a test turns it. {@link #advance} hands every task that came due to its executor, in the order
 * of due times, and tasks scheduled by those for a time within the same step too, when their executor runs them at once.
 *
 * <p>Any thread may call it.
 */
public final class ManualTimers implements Timers {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Entry> waiting = new ArrayList<>();
    private long now;
    private long sequence;

    private record Entry(long due, long number, Executor executor, Runnable task) {}

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Instant now() {
        return START.plusNanos(now);
    }

    @Override
    public synchronized Timeout schedule(Executor executor, Duration delay, Runnable task) {
        Entry entry = new Entry(now + Math.max(0, delay.toNanos()), sequence++, executor, task);
        waiting.add(entry);
        return () -> cancel(entry);
    }

    private synchronized void cancel(Entry entry) {
        waiting.remove(entry);
    }

    /** How many tasks wait. */
    public synchronized int pending() {
        return waiting.size();
    }

    /** Turns the clock forward. */
    public void advance(Duration step) {
        long target = nanoTime() + step.toNanos();
        for (Entry entry = takeDue(target); entry != null; entry = takeDue(target)) {
            entry.executor.execute(entry.task);
        }
        synchronized (this) {
            now = target;
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Entry takeDue(long target) {
        Entry next = waiting.stream()
                .filter(entry -> entry.due <= target)
                .min(Comparator.comparingLong(Entry::due).thenComparingLong(Entry::number))
                .orElse(null);
        if (next != null) {
            waiting.remove(next);
            now = Math.max(now, next.due);
        }
        return next;
    }
}
