package sallyport.gateway.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands until a test turns it by hand. {@link #advance} hands every task that came due to its executor, in the
 * order of due times, and tasks scheduled by those for a time within the same step too, when their executor runs them at once.
 *
 * <p>Any thread may call it.
 */
public final class HandTimers implements Timers {
    private record Task(long due, long number, Executor executor, Runnable work) {}

    private final Instant start;
    private final List<Task> tasks = new ArrayList<>();
    private long now;
    private long sequence;

    public HandTimers() {
        this(Instant.EPOCH);
    }

    public HandTimers(Instant start) {
        this.start = start;
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Instant now() {
        return start.plusNanos(now);
    }

    @Override
    public synchronized Timeout schedule(Executor executor, Duration delay, Runnable work) {
        Task task = new Task(now + Math.max(0, delay.toNanos()), sequence++, executor, work);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Turns the clock and hands over what is due, in its order. */
    public void advance(Duration step) {
        long target = nanoTime() + step.toNanos();
        for (Task task = takeDue(target); task != null; task = takeDue(target)) {
            task.executor().execute(task.work());
        }
        synchronized (this) {
            now = target;
        }
    }

    private synchronized @Nullable Task takeDue(long target) {
        Task next = tasks.stream()
                .filter(task -> task.due() <= target)
                .min(Comparator.comparingLong(Task::due).thenComparingLong(Task::number))
                .orElse(null);
        if (next != null) {
            tasks.remove(next);
            now = Math.max(now, next.due());
        }
        return next;
    }

    /** How many tasks wait. */
    public synchronized int waiting() {
        return tasks.size();
    }
}
