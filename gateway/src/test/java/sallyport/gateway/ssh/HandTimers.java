package sallyport.gateway.ssh;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import sallyport.gateway.time.Timers;

/** A clock that a test turns. One thread. */
final class HandTimers implements Timers {
    private record Task(long at, Executor executor, Runnable body) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
    private long now;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public Timeout schedule(Executor executor, Duration delay, Runnable body) {
        Task task = new Task(now + delay.toNanos(), executor, body);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Lets time pass, with everything that falls due in it. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        for (Task next = tasks.peek(); next != null && next.at() <= end; next = tasks.peek()) {
            tasks.remove();
            now = next.at();
            next.executor().execute(next.body());
        }
        now = end;
    }
}
