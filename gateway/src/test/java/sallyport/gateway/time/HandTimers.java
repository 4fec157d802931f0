package sallyport.gateway.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** A clock that a test turns by hand. */
public final class HandTimers implements Timers {
    private record Task(Instant due, Executor executor, Runnable work) {}

    private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
    private volatile Instant now;

    public HandTimers(Instant start) {
        now = start;
    }

    @Override
    public long nanoTime() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Timeout schedule(Executor executor, Duration delay, Runnable task) {
        Task entry = new Task(now.plus(delay), executor, task);
        tasks.add(entry);
        return () -> tasks.remove(entry);
    }

    /** Turns the clock and hands over what is due, in its order. */
    public void advance(Duration time) {
        Instant end = now.plus(time);
        for (Optional<Task> next = next(end); next.isPresent(); next = next(end)) {
            Task task = next.get();
            tasks.remove(task);
            now = task.due().isAfter(now) ? task.due() : now;
            task.executor().execute(task.work());
        }
        now = end;
    }

    private Optional<Task> next(Instant end) {
        return tasks.stream().filter(task -> !task.due().isAfter(end)).min(Comparator.comparing(Task::due));
    }

    public int waiting() {
        return tasks.size();
    }
}
