package sallyport.gateway.tunnel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.time.Timers;

/** A clock that stands until a test turns it. Any thread may call it. */
public final class ManualTimers implements Timers {
    private final List<Entry> waiting = new ArrayList<>();
    private long now;

    private record Entry(long due, Executor executor, Runnable task) {}

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public synchronized Timeout schedule(Executor executor, Duration delay, Runnable task) {
        Entry entry = new Entry(now + delay.toNanos(), executor, task);
        waiting.add(entry);
        return () -> cancel(entry);
    }

    private synchronized void cancel(Entry entry) {
        waiting.remove(entry);
    }

    /** Turns the clock forward; what comes due is handed to its executor in order. */
    public void advance(Duration step) {
        long target = nanoTime() + step.toNanos();
        for (Entry entry = due(target); entry != null; entry = due(target)) {
            entry.executor.execute(entry.task);
        }
        synchronized (this) {
            now = target;
        }
    }

    private synchronized @Nullable Entry due(long target) {
        Entry next = waiting.stream()
                .filter(entry -> entry.due <= target)
                .min(Comparator.comparingLong(Entry::due))
                .orElse(null);
        if (next != null) {
            waiting.remove(next);
            now = Math.max(now, next.due);
        }
        return next;
    }
}
