package sallyport.gateway.tunnel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes devices may have under way towards visitors who have not taken them yet. Such bytes lie in our memory when a
 * visitor stalls, so every window that a device is granted is reserved here first.
 *
 * <p>A stream starts with {@link #STREAM_FIRST} and may grow to {@link #STREAM_MAX}. One session may hold
 * {@link #SESSION_MAX}, all together a quarter of the memory; direct buffers count, for a byte in flight is one byte
 * wherever it lies. Beyond either limit nothing grows and new streams start at {@link #STREAM_FLOOR}, so that a device with
 * a crowd of stalled visitors still serves the next one; at twice the total no new stream is opened.
 *
 * <p>The total is shared by all loops; a {@link Share} belongs to one session and its loop.
 */
public final class WindowBudget {
    /** What a stream starts with, in bytes. */
    public static final int STREAM_FIRST = 256 << 10;

    /** What a stream starts with when the budget is used up, in bytes. */
    public static final int STREAM_FLOOR = 32 << 10;

    /** What a stream may grow to, in bytes. */
    public static final int STREAM_MAX = 8 << 20;

    /** What the streams of one session may hold before new ones start at the floor, in bytes. */
    public static final int SESSION_MAX = 8 << 20;

    /** One part in so many of the memory is what all sessions may hold together. */
    public static final int MEMORY_PARTS = 4;

    private final long total;
    private final AtomicLong reserved = new AtomicLong();

    /** @param total bytes that all sessions may hold together */
    public WindowBudget(long total) {
        this.total = total;
    }

    /** The budget for the memory that this process may use. */
    public static WindowBudget ofMemory() {
        return new WindowBudget(Runtime.getRuntime().maxMemory() / MEMORY_PARTS);
    }

    /** Bytes that are reserved right now. */
    public long reserved() {
        return reserved.get();
    }

    /** Bytes that all sessions may hold together. */
    public long total() {
        return total;
    }

    /** The part of one new session. It needs no closing: it is empty when its last stream is closed. */
    public Share share() {
        return new Share();
    }

    private boolean tryReserve(long bytes, long limit) {
        long before = reserved.get();
        while (before + bytes <= limit) {
            if (reserved.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = reserved.get();
        }
        return false;
    }

    /** What the streams of one session hold. Confined to the session's loop. */
    public final class Share {
        private long held;
        private int streams;

        private Share() {}

        /** Bytes that this session's streams hold. */
        public long held() {
            return held;
        }

        /** True when not even a stream with the floor may begin. */
        public boolean exhausted() {
            return reserved.get() + STREAM_FLOOR > 2 * total;
        }

        /** A stream begins. @return the size of its first window */
        int begin() {
            streams++;
            if (tryGrow(STREAM_FIRST)) {
                return STREAM_FIRST;
            }
            held += STREAM_FLOOR;
            reserved.addAndGet(STREAM_FLOOR);
            return STREAM_FLOOR;
        }

        /** Reserves more, unless the session or all together would hold too much. */
        boolean tryGrow(long bytes) {
            if (held + bytes > SESSION_MAX || !tryReserve(bytes, total)) {
                return false;
            }
            held += bytes;
            return true;
        }

        /** Gives back what {@link #begin} or {@link #tryGrow} reserved. */
        void giveBack(long bytes) {
            held -= bytes;
            reserved.addAndGet(-bytes);
        }

        /** A stream ended; it has given everything back. */
        void end() {
            streams--;
        }

        /** What one stream may hold so that each of the session's streams could hold as much. */
        int fairSize() {
            return Math.max(STREAM_FIRST, SESSION_MAX / Math.max(1, streams));
        }
    }
}
