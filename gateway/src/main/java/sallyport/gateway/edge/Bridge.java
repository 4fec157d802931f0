package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a visitor's connection and a stream: raw bytes both ways, until both ways have ended or one breaks off.
 *
 * <h2>How to use it</h2>
 * Both channels live on one loop, and everything here runs on it. The visitor's channel allows half-closure and has auto-read
 * off. Make a bridge, open the stream with {@link #deviceSide} as the last handler (or add it to the pipeline of an open
 * stream), write to the stream what was read from the visitor before, then call {@link #start}.
 *
 * <h2>Back-pressure</h2>
 * What one side brings is written to the other and flushed once per batch. While a side is not writable the other is not
 * read. Auto-read is never touched again once a side's input has ended: Netty's epoll transport fails on it, and that cost
 * answers.
 *
 * <h2>The end</h2>
 * An end of file on one side becomes one on the other, after the last byte; the opposite way goes on. On a side that speaks TLS
 * the end of file is {@code close_notify} (RFC 8446 section 6.1), and finishing it closes it: few peers read on after theirs. A
 * side that ends without an end of file is broken off: the other is reset, a socket by RST, TLS without {@code close_notify},
 * so that nobody takes for complete what is not.
 */
final class Bridge {
    private static final Logger log = LoggerFactory.getLogger(Bridge.class);

    /**
     * How it ended.
     *
     * @param bytesIn from the visitor to the device
     * @param bytesOut from the device to the visitor
     * @param brokenOff a side was reset or died before both ways had ended
     */
    record Outcome(long bytesIn, long bytesOut, boolean brokenOff) {}

    private final Side visitor = new Side();
    private final Side device = new Side();
    private final Consumer<Outcome> ended;
    private boolean over;

    /** @param ended told once, on the loop, when both sides are closed or closing */
    Bridge(Channel visitorChannel, Consumer<Outcome> ended) {
        visitor.channel = visitorChannel;
        visitor.far = device;
        device.far = visitor;
        this.ended = ended;
    }

    /** The last handler of the stream's pipeline. */
    ChannelHandler deviceSide() {
        return device;
    }

    /** The stream is open: the visitor's bytes flow. */
    void start() {
        visitor.channel().pipeline().addLast(visitor);
        if (!visitor.channel().isActive()) {
            breakOff();
            return;
        }
        visitor.followWritability(device);
        device.followWritability(visitor);
    }

    /** Resets both sides. */
    void breakOff() {
        visitor.reset();
        device.reset();
        finish(true);
    }

    private void finish(boolean brokenOff) {
        if (!over) {
            over = true;
            ended.accept(new Outcome(visitor.bytes, device.bytes, brokenOff));
        }
    }

    private void closeWhenBothEnded() {
        if (visitor.finished && device.finished && !over) {
            visitor.channel().close();
            device.channel().close();
            finish(false);
        }
    }

    /** The handler at the end of one side's pipeline. */
    private final class Side extends ChannelInboundHandlerAdapter {
        private @Nullable Channel channel;
        private Side far = this;
        private long bytes;
        private boolean inputEnded;
        private boolean finished;

        Channel channel() {
            Channel known = channel;
            if (known == null) {
                throw new IllegalStateException("the stream is not open yet");
            }
            return known;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBuf data) {
                bytes += data.readableBytes();
            }
            far.channel().write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            far.channel().flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            far.followWritability(this);
        }

        /** Reads exactly while the other side can take it. */
        private void followWritability(Side other) {
            boolean shut = inputEnded || (channel instanceof DuplexChannel duplex && duplex.isInputShutdown());
            if (channel != null && !shut) {
                channel().config().setAutoRead(other.channel().isWritable());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            boolean tls = speaksTls();
            if (event instanceof SslCloseCompletionEvent end && end.isSuccess() && tls) {
                endOfInput();
            } else if (event == ChannelInputShutdownEvent.INSTANCE && tls && !inputEnded) {
                // The TCP connection ended before close_notify: truncated (RFC 8446 section 6.1).
                breakOff();
            } else if (event == ChannelInputShutdownEvent.INSTANCE) {
                endOfInput();
            }
        }

        private boolean speaksTls() {
            return channel().pipeline().get(SslHandler.class) != null;
        }

        private void endOfInput() {
            if (!inputEnded) {
                inputEnded = true;
                // An empty write completes after all earlier ones: Netty drops what is pending when output is shut
                // down.
                far.channel()
                        .writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(written -> far.finish(written.isSuccess()));
            }
        }

        /** Everything that will ever be written here was written. */
        private void finish(boolean written) {
            if (!written || over) {
                return;
            }
            finished = true;
            if (speaksTls()) {
                Bridge.this.finish(false);
                channel().close();
                far.channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
                return;
            }
            if (channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                channel().writeAndFlush(new DefaultHttp2DataFrame(true)); // a stream of HTTP/2
            }
            closeWhenBothEnded();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!over) {
                breakOff();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) {
                log.error("bridge {}", channel(), cause);
            } else if (!(cause instanceof ClosedChannelException)) {
                log.debug("bridge {}: {}", channel(), cause.toString());
            }
            breakOff();
        }

        private void reset() {
            Channel known = channel;
            if (known == null || !known.isOpen()) {
                return;
            }
            if (known instanceof SocketChannel) {
                known.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            ChannelHandlerContext tls = known.pipeline().context(SslHandler.class);
            if (tls == null) {
                known.close();
            } else {
                // From below the TLS handler: it would say close_notify.
                tls.close();
            }
        }
    }
}
