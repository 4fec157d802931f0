package sallyport.gateway.event;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import sallyport.gateway.time.Timers;

/**
 * Decides which lines are written when somebody makes the gateway talk: so many a minute for each source, so many in all,
 * and a count of the rest.
 *
 * <p>Any thread may call it; the lock is held for one step in memory. The table is emptied every minute and bounded.
 */
final class LogSampler {
    /** Lines of all sources in a minute. */
    static final int IN_ALL = 1000;
    /** So many sources are told apart. */
    static final int MAX_SOURCES = 1024;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Timers timers;
    private final int perSource;
    private final AtomicLong droppedEver = new AtomicLong();
    private final Map<Object, Integer> counts = new HashMap<>();
    private long windowStart;
    private int written;
    private long dropped;

    /** @param perSource lines of one source in a minute */
    LogSampler(Timers timers, int perSource) {
        this.timers = timers;
        this.perSource = perSource;
        windowStart = timers.nanoTime();
    }

    /** Whether a line about this source may be written now. */
    synchronized boolean admits(Object source) {
        int count = counts.getOrDefault(source, 0);
        boolean known = count > 0 || counts.size() < MAX_SOURCES;
        if (known) {
            counts.put(source, count + 1);
        }
        if (!known || count >= perSource || written >= IN_ALL) {
            dropped++;
            droppedEver.incrementAndGet();
            return false;
        }
        written++;
        return true;
    }

    /** Ends the minute when it is over: how many lines it kept back, else 0. */
    synchronized long endOfWindow() {
        long now = timers.nanoTime();
        if (now - windowStart < WINDOW_NANOS) {
            return 0;
        }
        long kept = dropped;
        windowStart = now;
        written = 0;
        dropped = 0;
        counts.clear();
        return kept;
    }

    /** Lines that were never written, since the start. */
    long dropped() {
        return droppedEver.get();
    }
}
