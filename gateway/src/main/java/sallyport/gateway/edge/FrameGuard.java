package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reads the headers of the frames that a visitor sends (RFC 9113 section 4.1) before anything acts on them, and stops a
 * connection whose frames exceed their {@link FrameBudget} or break the {@link StreamOrder}. Runs on the visitor's loop.
 */
final class FrameGuard extends ChannelDuplexHandler {
    private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
    private static final int END_STREAM = 1;

    private final LongSupplier nanoTime;
    private final Consumer<Http2Error> ending;
    private final StreamOrder order = new StreamOrder();
    private final FrameBudget budget;
    private final byte[] header = new byte[HEADER];
    private int filled;
    /** Bytes to pass over before the next header; first the connection's preface. */
    private int skip = Http2CodecUtil.connectionPrefaceBuf().readableBytes();

    private boolean stopped;

    /** @param ending told once why the connection must end; nothing is passed on after it */
    FrameGuard(LongSupplier nanoTime, Consumer<Http2Error> ending) {
        this.nanoTime = nanoTime;
        this.ending = ending;
        this.budget = new FrameBudget(nanoTime.getAsLong());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (stopped || (message instanceof ByteBuf bytes && exceeds(bytes))) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            budget.sent(bytes.readableBytes());
        }
        ctx.write(message, promise);
    }

    private boolean exceeds(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            int pass = Math.min(skip, end - at);
            skip -= pass;
            at += pass;
            while (skip == 0 && at < end && filled < HEADER) {
                header[filled++] = bytes.getByte(at++);
            }
            Optional<Http2Error> error = filled == HEADER ? frame() : Optional.empty();
            if (error.isPresent()) {
                stopped = true;
                ending.accept(error.get());
                return true;
            }
        }
        return false;
    }

    private Optional<Http2Error> frame() {
        filled = 0;
        skip = ((header[0] & 0xff) << 16) | ((header[1] & 0xff) << 8) | (header[2] & 0xff);
        int type = header[3];
        boolean ends = (header[4] & END_STREAM) != 0;
        if (!budget.take(type, skip, ends, nanoTime.getAsLong())) {
            return Optional.of(Http2Error.ENHANCE_YOUR_CALM);
        }
        int stream = ((header[5] & 0x7f) << 24)
                | ((header[6] & 0xff) << 16)
                | ((header[7] & 0xff) << 8)
                | (header[8] & 0xff);
        return order.check(type, stream, ends);
    }
}
