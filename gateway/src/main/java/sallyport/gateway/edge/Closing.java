package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The two ways to end a connection. On the channel's loop. */
final class Closing {
    private Closing() {}

    /**
     * Everything was said: sends what is written, then close_notify and FIN, and reads on for a moment, because a socket
     * that is closed with unread bytes is reset, and the reset may overtake the answer (RFC 9112 section 9.6).
     */
    static void gently(Channel channel, Duration linger) {
        if (!channel.isActive()) {
            channel.close();
            return;
        }
        channel.flush();
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound().addListener(done -> shutdown(channel));
        } else {
            shutdown(channel);
        }
        channel.config().setAutoRead(true);
        channel.eventLoop().schedule(() -> channel.close(), linger.toMillis(), TimeUnit.MILLISECONDS);
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
