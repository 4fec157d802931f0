package sallyport.gateway.edge;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How fast bytes have come lately: over the last {@link #WINDOW} to twice that, so that a device that pauses to erase its flash
 * memory does not count as stalled at once. Any thread.
 */
final class UploadRate {
    static final Duration WINDOW = Duration.ofSeconds(30);

    private static final double NANOS_PER_SECOND = 1e9;

    private record Mark(long nanos, long bytes) {}

    private record Marks(Mark older, Mark newer) {}

    private final AtomicReference<Marks> marks;

    /** @param nanos when the first byte was waited for, on the clock of all later calls */
    UploadRate(long nanos) {
        Mark start = new Mark(nanos, 0);
        marks = new AtomicReference<>(new Marks(start, start));
    }

    /**
     * Bytes a second.
     *
     * @param bytes since the start
     */
    long perSecond(long now, long bytes) {
        Mark since = marks.updateAndGet(known -> now - known.newer().nanos() < WINDOW.toNanos()
                        ? known
                        : new Marks(known.newer(), new Mark(now, bytes)))
                .older();
        double seconds = Math.max(1, (now - since.nanos()) / NANOS_PER_SECOND);
        return (long) (Math.max(0, bytes - since.bytes()) / seconds);
    }
}
