package sallyport.gateway.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What came from the device and was not handed to the consumer yet, in order: bytes, then perhaps the end of file, then
 * perhaps the close. Everything waits here while the consumer does not ask; the window bounds how many bytes that can be.
 *
 * <p>{@link #put} runs on the session's loop, all else on the stream's. When they are the same, nothing is handed over: what
 * comes goes straight into the pipeline while the consumer asks. When they differ, items cross through one queue, and the
 * stream's loop moves them into {@link #waiting} at once, where small pieces are joined: a device that sends single bytes to
 * a stalled visitor costs bytes, not objects.
 *
 * <p>A batch ends with one {@code channelReadComplete} in a task of its own, so that everything that one read of the
 * session's socket brought costs the consumer one flush.
 */
final class StreamInbox {
    /** Pieces are joined up to this size. */
    static final int JOINED = 16 << 10;

    private static final Object END_OF_FILE = new Object();

    /** What the inbox tells its channel. On the stream's loop. */
    interface Owner {
        boolean asking();

        void endOfFile();

        void closedByDevice(boolean complete);

        /** A batch is complete; the consumer may ask for more. */
        void batchDone();
    }

    /** The device closed: in order after its data, complete only when the end of file came before. */
    private record Closed(boolean complete) {}

    private final Owner owner;
    private final ChannelPipeline pipeline;
    private final ByteBufAllocator allocator;
    private final EventLoop loop;
    private final boolean sameLoop;
    private final Queue<Object> crossing = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean crossingScheduled = new AtomicBoolean();
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private int taken;
    private boolean pumping;
    private boolean pumpScheduled;
    private boolean batchOpen;
    private boolean batchScheduled;
    private boolean closed;

    StreamInbox(Owner owner, ChannelPipeline pipeline, ByteBufAllocator allocator, EventLoop loop, boolean sameLoop) {
        this.owner = owner;
        this.pipeline = pipeline;
        this.allocator = allocator;
        this.loop = loop;
        this.sameLoop = sameLoop;
    }

    // on the session's loop

    void putBytes(ByteBuf bytes) {
        put(bytes);
    }

    void putEof() {
        put(END_OF_FILE);
    }

    void putClose(boolean complete) {
        put(new Closed(complete));
    }

    private void put(Object item) {
        if (sameLoop) {
            park(item);
            pump();
            return;
        }
        crossing.add(item);
        if (crossingScheduled.compareAndSet(false, true)) {
            loop.execute(this::takeCrossing);
        }
    }

    // on the stream's loop

    private void takeCrossing() {
        crossingScheduled.set(false);
        for (Object item = crossing.poll(); item != null; item = crossing.poll()) {
            park(item);
            pump();
        }
    }

    /** Bytes that the consumer took since this was asked last. */
    int taken() {
        int bytes = taken;
        taken = 0;
        return bytes;
    }

    /** The consumer asks. */
    void wake() {
        if (!waiting.isEmpty() && !pumpScheduled) {
            pumpScheduled = true;
            loop.execute(() -> {
                pumpScheduled = false;
                pump();
            });
        }
    }

    /** Drops what waits and everything that still comes. */
    void close() {
        closed = true;
        for (Object item = waiting.poll(); item != null; item = waiting.poll()) {
            drop(item);
        }
    }

    private void drop(Object item) {
        if (item instanceof ByteBuf bytes) {
            taken += bytes.readableBytes();
            bytes.release();
        }
    }

    private void park(Object item) {
        if (closed) {
            drop(item);
        } else if (item instanceof ByteBuf bytes
                && waiting.peekLast() instanceof ByteBuf last
                && last.readableBytes() + bytes.readableBytes() <= JOINED) {
            join(last, bytes);
        } else {
            waiting.add(item);
        }
    }

    private void join(ByteBuf last, ByteBuf bytes) {
        if (last.writableBytes() >= bytes.readableBytes()) {
            last.writeBytes(bytes);
        } else {
            waiting.removeLast();
            waiting.add(allocator.directBuffer(JOINED).writeBytes(last).writeBytes(bytes));
            last.release();
        }
        bytes.release();
    }

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            for (Object item = next(); item != null; item = next()) {
                deliver(item);
            }
        } finally {
            pumping = false;
        }
    }

    /** The next item that may be delivered now: bytes only when the consumer asks. */
    private @Nullable Object next() {
        return waiting.peek() instanceof ByteBuf && !owner.asking() ? null : waiting.poll();
    }

    private void deliver(Object item) {
        switch (item) {
            case ByteBuf bytes -> {
                taken += bytes.readableBytes();
                batchOpen = true;
                if (!batchScheduled) {
                    batchScheduled = true;
                    loop.execute(() -> {
                        batchScheduled = false;
                        endBatch();
                    });
                }
                pipeline.fireChannelRead(bytes);
            }
            case Closed end -> {
                endBatch();
                owner.closedByDevice(end.complete());
            }
            default -> {
                endBatch();
                owner.endOfFile();
                pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        }
    }

    private void endBatch() {
        if (batchOpen) {
            batchOpen = false;
            owner.batchDone();
            pipeline.fireChannelReadComplete();
        }
    }
}
