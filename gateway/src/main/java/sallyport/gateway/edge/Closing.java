package sallyport.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import sallyport.gateway.time.Timers;

/** The two ways to end a connection. On the channel's loop. */
final class Closing {
    private Closing() {}

    /**
     * Everything was said: sends what is written, however slowly it is taken, then close_notify and FIN, and reads on ({@link
     * Lingering}), because a socket that is closed with unread bytes is reset, and the reset may overtake the answer (RFC 9112
     * section 9.6). A peer that takes nothing for {@link Deadlines#stall} is given up.
     */
    static void gently(Channel channel, Deadlines deadlines, Timers timers) {
        if (!channel.isActive()) {
            channel.close();
            return;
        }
        channel.flush();
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        ChannelFuture said = tls == null ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
        // only now: Netty drops what is still pending when output is shut down
        said.addListener(done -> {
            shutdown(channel);
            Lingering.begin(channel, deadlines.linger(), timers);
        });
        closeAfter(channel, deadlines.stall(), timers);
        channel.config().setAutoRead(true);
    }

    /** Whatever happens until then. */
    static void closeAfter(Channel channel, Duration pause, Timers timers) {
        if (channel.isOpen()) {
            Timers.Timeout later = timers.schedule(channel.eventLoop(), pause, channel::close);
            channel.closeFuture().addListener(closed -> later.cancel());
        }
    }

    private static void shutdown(Channel channel) {
        if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            duplex.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        } else {
            channel.close();
        }
    }

    /**
     * Something broke: the peer must not take what it has for the whole. No close_notify, no last chunk, and a TCP reset.
     */
    static void abort(Channel channel) {
        if (!channel.isOpen()) {
            return; // the peer was faster
        }
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
        if (tls != null) {
            tls.close(); // past the TLS handler, which would say close_notify
        } else {
            channel.close();
        }
    }
}
