package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.time.Timers;

/**
 * Says something on a fresh stream and looks at the first bytes of the answer, then closes. Runs on the stream's loop; keeps
 * {@link #NEEDED} bytes at most.
 */
final class FirstAnswer extends SimpleChannelInboundHandler<ByteBuf> {
    /** What the first bytes were. */
    enum Kind {
        /** A TLS record of handshake or alert (RFC 8446 section 5.1). */
        TLS,
        /** A status line (RFC 9112 section 4). */
        HTTP,
        /** Some other bytes. */
        OTHER,
        /** No byte until the deadline. */
        SILENT,
        /** The stream ended before a byte came. */
        CLOSED
    }

    private static final byte[] HTTP = {'H', 'T', 'T', 'P', '/', '1', '.'};
    private static final int TLS_HEADER = 5;
    /** An encrypted record may be so long (RFC 5246 section 6.2.3). */
    private static final int MAX_RECORD = (1 << 14) + 2048;

    private static final int NEEDED = HTTP.length;

    private final ByteBuffer words;
    private final Duration patience;
    private final Timers timers;
    private final Consumer<Kind> answered;
    private final byte[] start = new byte[NEEDED];
    private int length;
    private boolean done;
    private Timers.@Nullable Timeout deadline;

    FirstAnswer(ByteBuffer words, Duration patience, Timers timers, Consumer<Kind> answered) {
        this.words = words;
        this.patience = patience;
        this.timers = timers;
        this.answered = answered;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline = timers.schedule(
                context.channel().eventLoop(), patience, () -> finish(context, length == 0 ? Kind.SILENT : Kind.OTHER));
        context.writeAndFlush(Unpooled.wrappedBuffer(words.duplicate()));
        context.read();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        int more = Math.min(bytes.readableBytes(), NEEDED - length);
        bytes.readBytes(start, length, more);
        length += more;
        if (isTls(start, length)) {
            finish(context, Kind.TLS);
        } else if (length == NEEDED) {
            finish(context, Arrays.equals(start, HTTP) ? Kind.HTTP : Kind.OTHER);
        }
    }

    private static boolean isTls(byte[] bytes, int length) {
        if (length < TLS_HEADER || (bytes[0] != 0x16 && bytes[0] != 0x15) || bytes[1] != 3 || bytes[2] > 4) {
            return false;
        }
        int record = (bytes[3] & 0xff) << 8 | (bytes[4] & 0xff);
        return record > 0 && record <= MAX_RECORD;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended(context);
    }

    private void ended(ChannelHandlerContext context) {
        finish(context, length == 0 ? Kind.CLOSED : Kind.OTHER);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ended(context);
    }

    private void finish(ChannelHandlerContext context, Kind kind) {
        if (done) {
            return;
        }
        done = true;
        if (deadline != null) {
            deadline.cancel();
        }
        context.close();
        answered.accept(kind);
    }
}
