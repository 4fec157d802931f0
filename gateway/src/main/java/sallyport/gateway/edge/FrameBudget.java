package sallyport.gateway.edge;

import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * How many frames that carry nothing a connection of HTTP/2 may send. Not thread-safe; pure but for the time that it is told.
 *
 * <p>Pings, settings, priorities, resets and empty frames cost the sender next to nothing and the receiver an answer, a
 * lookup or a request at a device. They are all legal, so no single one is a violation; their rate is. Each takes points
 * from a purse that fills again with time. Window updates have a purse of their own, which is also filled by what was sent to
 * the visitor: whoever downloads fast grants much.
 */
final class FrameBudget {
    /** Points that a connection has to begin with and at most: a page that is left in the midst of 100 images takes 200. */
    static final int POINTS = 600;
    /** Points that come back in a second. */
    static final int POINTS_PER_SECOND = 200;
    /** What a cancelled request costs: it has opened a stream at the device. */
    static final int RESET = 2;

    static final int SETTINGS = 5;
    /** Bytes of a field block that hardly any head has: references to a table in it could stand for millions. */
    static final int LARGE_BLOCK = 10 * 1024;

    static final int LARGE_BLOCK_POINTS = 50;
    /** Window updates to begin with and at most. */
    static final int GRANTS = 2000;
    /** Bytes to the visitor that earn another window update. */
    static final int BYTES_PER_GRANT = 1024;

    private static final long SECOND = 1_000_000_000L;

    private double points = POINTS;
    private double grants = GRANTS;
    private long last;

    FrameBudget(long now) {
        last = now;
    }

    /** Bytes were written to the visitor. */
    void sent(int bytes) {
        grants = Math.min(GRANTS, grants + (double) bytes / BYTES_PER_GRANT);
    }

    /**
     * A frame has begun.
     *
     * @return false when it is one too many
     */
    boolean take(int type, int length, boolean ends, long now) {
        fill(now);
        switch (type) {
            case Http2FrameTypes.WINDOW_UPDATE -> grants--;
            case Http2FrameTypes.RST_STREAM -> points -= RESET;
            case Http2FrameTypes.SETTINGS -> points -= SETTINGS;
            case Http2FrameTypes.DATA -> points -= length == 0 && !ends ? 1 : 0;
            case Http2FrameTypes.HEADERS -> points -= length > LARGE_BLOCK ? LARGE_BLOCK_POINTS : 0;
            case Http2FrameTypes.CONTINUATION -> points -= length > LARGE_BLOCK ? LARGE_BLOCK_POINTS : 1;
            default -> points--; // PING, PRIORITY, GOAWAY, PUSH_PROMISE, and whatever is unknown
        }
        return points >= 0 && grants >= 0;
    }

    private void fill(long now) {
        double refill = (double) (now - last) / SECOND * POINTS_PER_SECOND;
        points = Math.min(POINTS, points + refill);
        grants = Math.min(GRANTS, grants + refill);
        last = now;
    }
}
