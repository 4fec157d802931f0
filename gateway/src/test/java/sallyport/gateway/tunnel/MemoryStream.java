package sallyport.gateway.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A device's end of a stream, in memory: what arrives is kept, what it sends stays within the credit that it was given. Fields
 * belong to the session's loop; the methods for tests go there and wait.
 */
public final class MemoryStream implements StreamCarrier {
    private final EventLoop loop;
    private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    private final StreamChannel channel;
    private long window = Long.MAX_VALUE;
    private int largestSend = Integer.MAX_VALUE;
    private boolean blocked;
    private long credited;
    private boolean eof;
    private boolean eofAfterRelease;
    private int released;

    public MemoryStream(EventLoop sessionLoop, EventLoop streamLoop, ChannelHandler handler) {
        loop = sessionLoop;
        channel = new StreamChannel(
                this,
                streamLoop,
                new InetSocketAddress("192.0.2.7", 40000),
                InetSocketAddress.createUnresolved("device", 55443));
        channel.pipeline().addLast(handler);
        streamLoop.register(channel).syncUninterruptibly();
    }

    // StreamCarrier

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public void send(ByteBuf data) {
        assertOnLoop();
        int length = (int) Math.min(Math.min(data.readableBytes(), window), largestSend);
        window -= length;
        try {
            data.readBytes(arrived, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        blocked = data.isReadable();
        if (blocked && window > 0) {
            loop.execute(channel::sendable);
        }
    }

    @Override
    public void endOutput() {
        assertOnLoop();
        eof = true;
        eofAfterRelease = released > 0;
    }

    @Override
    public void credit(int bytes) {
        assertOnLoop();
        credited += bytes;
    }

    @Override
    public void release() {
        assertOnLoop();
        released++;
    }

    private void assertOnLoop() {
        if (!loop.inEventLoop()) {
            throw new AssertionError("called on " + Thread.currentThread());
        }
    }

    // for tests

    public StreamChannel channel() {
        return channel;
    }

    /** The device says something. */
    public void say(byte[] bytes) {
        loop.execute(() -> channel.received(Unpooled.copiedBuffer(bytes)));
    }

    public void sayEof() {
        loop.execute(channel::receivedEof);
    }

    public void sayClose() {
        loop.execute(channel::receivedClose);
    }

    /** From now on at most so many bytes are taken at a time, and so many in all until {@link #widen}. */
    public void take(int atATime, long inAll) {
        on(() -> {
            largestSend = atATime;
            window = inAll;
            return true;
        });
    }

    public void widen(long bytes) {
        loop.execute(() -> {
            window += bytes;
            channel.sendable();
        });
    }

    public byte[] arrived() {
        return on(arrived::toByteArray);
    }

    public int arrivedBytes() {
        return on(arrived::size);
    }

    public long credited() {
        return on(() -> credited);
    }

    public boolean eof() {
        return on(() -> eof && !eofAfterRelease);
    }

    public int released() {
        return on(() -> released);
    }

    private <T> T on(Callable<T> question) {
        try {
            return loop.submit(question).get(5, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
