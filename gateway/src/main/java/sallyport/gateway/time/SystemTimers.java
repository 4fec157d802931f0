package sallyport.gateway.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The machine's clock. Event loops that can schedule do so themselves; for other executors one daemon thread
 * {@code sallyport-timer} hands the task over.
 */
public final class SystemTimers implements Timers, AutoCloseable {
    private final ScheduledThreadPoolExecutor scheduler;

    public SystemTimers() {
        scheduler = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("sallyport-timer").factory());
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Timeout schedule(Executor executor, Duration delay, Runnable task) {
        ScheduledFuture<?> future = executor instanceof ScheduledExecutorService loop
                ? loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS)
                : scheduler.schedule(() -> executor.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
