package sallyport.gateway.ssh;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.channels.ClosedChannelException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The one way from a session to its socket. Any thread adds; one task on the loop writes everything that has gathered and
 * flushes once. The order of adding is the order on the wire.
 */
final class WriteQueue {
    private final Channel channel;
    private final Queue<PendingWrite> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private final AtomicLong unsent = new AtomicLong();
    private volatile boolean closed;

    WriteQueue(Channel channel) {
        this.channel = channel;
    }

    /** Copies the packet once, into a direct buffer, and has it written. Any thread. */
    IoWriteFuture add(Buffer packet) {
        int length = packet.available();
        PendingWrite write = new PendingWrite(channel.alloc().directBuffer(length, length));
        write.bytes.writeBytes(packet.array(), packet.rpos(), length);
        unsent.addAndGet(length);
        queue.add(write);
        if (closed) {
            failRest();
        } else if (drainScheduled.compareAndSet(false, true)) {
            schedule();
        }
        return write;
    }

    private void schedule() {
        try {
            channel.eventLoop().execute(this::drain);
        } catch (RejectedExecutionException e) {
            close(); // the gateway has stopped its loops
        }
    }

    /** Bytes that the kernel has not accepted yet. Any thread. */
    long unsent() {
        return unsent.get();
    }

    /** Writes and flushes what has gathered. On the loop. */
    void drain() {
        drainScheduled.set(false);
        for (PendingWrite write = queue.poll(); write != null; write = queue.poll()) {
            int length = write.bytes.readableBytes();
            PendingWrite written = write;
            channel.write(write.bytes).addListener(future -> {
                unsent.addAndGet(-length);
                written.done(future.cause());
            });
        }
        channel.flush();
    }

    /** Fails what is left and whatever comes later. Any thread. */
    void close() {
        closed = true;
        failRest();
    }

    private void failRest() {
        for (PendingWrite write = queue.poll(); write != null; write = queue.poll()) {
            unsent.addAndGet(-write.bytes.readableBytes());
            write.bytes.release();
            write.done(new ClosedChannelException());
        }
    }

    /** A packet on its way to the socket, and MINA's future for it. */
    private static final class PendingWrite extends AbstractIoWriteFuture {
        private final ByteBuf bytes;

        PendingWrite(ByteBuf bytes) {
            super("write", null);
            this.bytes = bytes;
        }

        void done(@Nullable Throwable cause) {
            setValue(cause == null ? (Object) true : cause);
        }
    }
}
