package sallyport.gateway.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a device, as a channel with a pipeline, over whatever carries it.
 *
 * <h2>Two loops</h2>
 * The channel lives on the loop that it is registered with, normally the visitor's; its {@link StreamCarrier} lives on the
 * session's. When both are one, calls go straight through. When they differ, bytes cross through one queue per direction:
 * {@link StreamInbox} towards the consumer, bounded by the window that the device was granted, and {@link StreamOutbox}
 * towards the device, bounded by a constant. Everything that crosses does so in order.
 *
 * <h2>Asking and crediting</h2>
 * Bytes are delivered only while the consumer asks ({@code read()}, or auto-read after each batch), and the device is credited
 * for bytes only when the consumer, having taken them, asks again. A consumer that stops reading because its other side does
 * not drain thereby stops the device, once the window is used up, and nobody else.
 *
 * <h2>The end</h2>
 * The device's end of file arrives as {@code ChannelInputShutdownEvent} after its last byte. {@code shutdownOutput()} sends ours
 * after the last byte that was written before it. When both are through the channel closes itself. {@code close()} before that
 * resets the stream. A device that breaks off gives {@code exceptionCaught} with a {@link StreamReset}, then
 * {@code channelInactive}.
 *
 * <p>{@code received…}, {@link #sendable} and {@link #cut} are the carrier's and run on the session's loop; all else runs on
 * the stream's.
 */
public final class StreamChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final StreamConfig config = new StreamConfig(this);
    private final StreamCarrier carrier;
    private final SocketAddress visitor;
    private final SocketAddress device;
    private final boolean sameLoop;
    private final StreamInbox inbox;
    private final StreamOutbox outbox;

    private volatile boolean open = true;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    private boolean asking;
    private @Nullable ChannelPromise shutdownWanted;

    // the session's loop
    private boolean eofReceived;

    /**
     * @param loop the loop that it will be registered with
     * @param visitor its local address: who it is for
     * @param device its remote address: where it leads to
     */
    public StreamChannel(StreamCarrier carrier, EventLoop loop, SocketAddress visitor, SocketAddress device) {
        super(null);
        this.carrier = carrier;
        this.visitor = visitor;
        this.device = device;
        sameLoop = carrier.loop() == loop;
        inbox = new StreamInbox(new Inward(), pipeline(), config.getAllocator(), loop, sameLoop);
        outbox = new StreamOutbox(this::sent, carrier, loop);
    }

    // called by the carrier, on the session's loop

    /** The device sent bytes, within its window. Takes the buffer over. */
    public void received(ByteBuf bytes) {
        inbox.putBytes(bytes);
    }

    /** The device will send no more. */
    public void receivedEof() {
        eofReceived = true;
        inbox.putEof();
    }

    /** The device closed the stream; without an end of file before, it broke off. */
    public void receivedClose() {
        inbox.putClose(eofReceived);
    }

    /** The device's window or the session may take bytes again. */
    public void sendable() {
        if (sameLoop) {
            ((StreamUnsafe) unsafe()).resume();
        } else {
            outbox.send();
        }
    }

    /** The session ended or the port went to another one: resets the stream at once, whatever still waits. */
    public void cut(String why) {
        onLoop(eventLoop(), () -> breakOff(why));
    }

    // the stream's loop

    private void breakOff(String why) {
        if (open) {
            pipeline().fireExceptionCaught(new StreamReset(why));
            unsafe().close(voidPromise());
        }
    }

    @Override
    protected void doBeginRead() {
        asking = true;
        credit();
        inbox.wake();
    }

    private void credit() {
        int bytes = inbox.taken();
        if (bytes > 0) {
            onLoop(carrier.loop(), () -> carrier.credit(bytes));
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) throws ChannelOutputShutdownException {
        if (shutdownWanted != null) {
            throw new ChannelOutputShutdownException("the output of this stream is shut down");
        }
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(message.getClass().getName());
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer buffer) throws Exception {
        if (sameLoop) {
            send(buffer);
        } else {
            outbox.handOver(buffer);
        }
        shutDownWhenEmpty(buffer);
    }

    private void send(ChannelOutboundBuffer buffer) {
        while (buffer.current() instanceof ByteBuf bytes) {
            carrier.send(bytes);
            if (bytes.isReadable()) {
                return;
            }
            buffer.remove();
        }
    }

    private void sent(int bytes) {
        ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
        if (buffer != null) {
            buffer.removeBytes(bytes);
            ((StreamUnsafe) unsafe()).resume();
            shutDownWhenEmpty(buffer);
        }
    }

    private void shutDownWhenEmpty(ChannelOutboundBuffer buffer) {
        ChannelPromise promise = shutdownWanted;
        if (promise != null && buffer.isEmpty() && !outputShutdown) {
            outputShutdown = true;
            ((StreamUnsafe) unsafe()).shutdownOutput(promise);
        }
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
        onLoop(carrier.loop(), carrier::endOutput);
        closeWhenBothEnded();
    }

    private void closeWhenBothEnded() {
        if (inputShutdown && outputShutdown) {
            onLater(() -> unsafe().close(voidPromise()));
        }
    }

    @Override
    protected void doClose() {
        open = false;
        inputShutdown = true;
        outputShutdown = true;
        ChannelPromise promise = shutdownWanted;
        if (promise != null) {
            promise.tryFailure(new ChannelOutputShutdownException("the stream was closed first"));
        }
        inbox.close();
        onLoop(carrier.loop(), () -> {
            outbox.close();
            carrier.release();
        });
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        onLoop(eventLoop(), () -> {
            ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
            if (buffer == null || shutdownWanted != null) {
                promise.trySuccess();
                return;
            }
            shutdownWanted = promise;
            buffer.addFlush();
            ((StreamUnsafe) unsafe()).resume();
            shutDownWhenEmpty(buffer);
        });
        return promise;
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        onLoop(eventLoop(), () -> {
            inputShutdown = true;
            inbox.close();
            credit();
            promise.trySuccess();
            closeWhenBothEnded();
        });
        return promise;
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public boolean isShutdown() {
        return inputShutdown && outputShutdown;
    }

    // plumbing

    private static void onLoop(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                // The other loop is gone, and everything on it with it: the gateway stops.
                return;
            }
        }
    }

    private void onLater(Runnable task) {
        eventLoop().execute(task);
    }

    private final class Inward implements StreamInbox.Owner {
        @Override
        public boolean asking() {
            return asking;
        }

        @Override
        public void endOfFile() {
            inputShutdown = true;
            closeWhenBothEnded();
        }

        @Override
        public void closedByDevice(boolean complete) {
            if (complete) {
                unsafe().close(voidPromise());
            } else {
                breakOff("the device broke the stream off");
            }
        }

        @Override
        public void batchDone() {
            asking = false;
        }
    }

    private final class StreamUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.tryFailure(new UnsupportedOperationException("a stream is born connected"));
        }

        /** Goes on with what is flushed. */
        void resume() {
            flush0();
        }
    }

    /** Half-closure is always allowed; a consumer that turns auto-read off is not asking any more. */
    private static final class StreamConfig extends DefaultChannelConfig {
        private final StreamChannel stream;

        StreamConfig(StreamChannel stream) {
            super(stream);
            this.stream = stream;
        }

        @Override
        protected void autoReadCleared() {
            stream.asking = false;
        }
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return visitor;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return device;
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a stream is born connected");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }
}
