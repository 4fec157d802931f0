package sallyport.gateway.tunnel;

import java.util.function.LongSupplier;

/**
 * The receive window of one stream (RFC 4254 section 5.2), within the budget. Confined to the session's loop; no I/O.
 *
 * <h2>Three numbers</h2>
 * <i>open</i> is what the device may still send, <i>held</i> is what came and was not credited yet, <i>size</i> is what both
 * together should not exceed. A window once granted cannot be taken back, so after shrinking the sum may exceed the size for
 * a while: then nothing is granted until the visitor has drained it. What is reserved in the budget is the larger of size and
 * sum, at every moment.
 *
 * <h2>Growing and shrinking</h2>
 * The size is judged once per epoch, that is each time as many bytes as the size were credited. When what was held fell to
 * an eighth meanwhile, the visitor keeps up, and when the device used up half of its window, the window is what limits it: the
 * size doubles. When more than half of the size lay here all the time, the visitor is what limits: it halves. It halves as well
 * when the session's other streams could not have as much. A visitor who takes nothing for {@link #STALL_NANOS} while data
 * lies here is back at the first size at once.
 */
public final class StreamWindow implements AutoCloseable {
    /** A visitor who takes nothing for so long has stalled. */
    static final long STALL_NANOS = 500_000_000;

    private final WindowBudget.Share share;
    private final LongSupplier nanoTime;
    private final int first;
    private long size;
    private long open;
    private long held;
    private long reserved;
    private long credited;
    private long leastHeld = Long.MAX_VALUE;
    private long leastOpen = Long.MAX_VALUE;
    private long lastCredit;
    private boolean ended;
    private boolean closed;

    /** Reserves the first window; {@link #close} gives it back. */
    public StreamWindow(WindowBudget.Share share, LongSupplier nanoTime) {
        this.share = share;
        this.nanoTime = nanoTime;
        first = share.begin();
        size = first;
        open = first;
        reserved = first;
        lastCredit = nanoTime.getAsLong();
    }

    /** What the device may still send. */
    public long open() {
        return open;
    }

    /** What came and was not credited yet. */
    public long held() {
        return held;
    }

    /** What open and held together should not exceed. */
    public long size() {
        return size;
    }

    /** What this stream has reserved in the budget. */
    public long reserved() {
        return reserved;
    }

    /**
     * The device sent bytes.
     *
     * @return false when it had no right to send so many (RFC 4254 section 5.2)
     */
    public boolean received(long bytes) {
        if (bytes > open) {
            return false;
        }
        if (held == 0) {
            lastCredit = nanoTime.getAsLong();
        }
        open -= bytes;
        held += bytes;
        leastOpen = Math.min(leastOpen, open);
        if (size > first && nanoTime.getAsLong() - lastCredit > STALL_NANOS) {
            shrinkTo(first);
        }
        return true;
    }

    /**
     * The consumer took bytes and asked to go on.
     *
     * @return by how much to widen the device's window now; 0 for not yet
     */
    public int credited(long bytes) {
        held = Math.max(0, held - bytes);
        if (ended) {
            settle();
            return 0;
        }
        lastCredit = nanoTime.getAsLong();
        leastHeld = Math.min(leastHeld, held);
        credited += bytes;
        if (credited >= size) {
            judge();
        }
        long room = size - held - open;
        long granted = room >= size / 4 ? room : 0;
        open += granted;
        settle();
        return (int) granted;
    }

    /** The device will send no more: only what is held stays reserved. */
    public void ended() {
        ended = true;
        open = 0;
        size = 0;
        settle();
    }

    private void judge() {
        boolean visitorLimits = leastHeld > size / 2;
        boolean windowLimits = leastHeld <= size / 8 && leastOpen <= size / 2;
        long fair = share.fairSize();
        if (visitorLimits || size > fair) {
            shrinkTo(Math.max(first, size / 2));
        } else if (windowLimits && 2 * size <= Math.min(fair, WindowBudget.STREAM_MAX)) {
            grow();
        }
        credited = 0;
        leastHeld = Long.MAX_VALUE;
        leastOpen = Long.MAX_VALUE;
    }

    private void grow() {
        long missing = 2 * size - reserved;
        if (missing <= 0 || share.tryGrow(missing)) {
            reserved += Math.max(0, missing);
            size *= 2;
        }
    }

    private void shrinkTo(long smaller) {
        size = smaller;
        settle();
    }

    /** Gives back what is reserved and no longer needed. */
    private void settle() {
        long needed = Math.max(size, open + held);
        if (reserved > needed) {
            share.giveBack(reserved - needed);
            reserved = needed;
        }
    }

    /** The stream is over: gives everything back. What is still held is nobody's any more. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            held = 0;
            ended();
            share.end();
        }
    }
}
