package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import sallyport.gateway.time.Timers;

/**
 * The end of a connection to which everything was said, while its peer may still be sending (RFC 9112 section 9.6). Programs
 * that read an answer only after they have sent their whole body, as some browsers do, lose it when a reset comes first. So
 * what arrives is read and thrown away, without a look at TLS or HTTP, until the peer ends too, is silent for the linger, or
 * {@link #LONGEST} is over. First in the pipeline; on the channel's loop.
 */
final class Lingering extends ChannelInboundHandlerAdapter {
    /** How long a peer that goes on sending is listened to. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final Deadline silence;

    private Lingering(Deadline silence) {
        this.silence = silence;
    }

    static void begin(Channel channel, Duration linger, Timers timers) {
        if (!channel.isOpen()) {
            return;
        }
        Deadline silence = new Deadline(timers, channel.eventLoop());
        silence.set(linger, channel::close);
        channel.closeFuture().addListener(closed -> silence.clear());
        Closing.closeAfter(channel, LONGEST, timers);
        channel.pipeline().addFirst(new Lingering(silence));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        silence.touch();
        ReferenceCountUtil.release(message);
    }
}
