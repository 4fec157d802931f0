package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.Optional;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/**
 * Ends a connection that has become a WebSocket when neither side has sent a byte for as long as its hostname allows. Without
 * that option there is no such handler: what nobody uses costs little, and live views are quiet. On the visitor's loop.
 */
final class QuietLimit extends ChannelDuplexHandler {
    private final Deadline deadline;

    private QuietLimit(Deadline deadline) {
        this.deadline = deadline;
    }

    /** Stands below whatever the connection becomes. */
    static void watch(Exchange exchange, Channel visitor, Timers timers) {
        SpokenNames names = exchange.names;
        Optional<Duration> limit =
                names == null ? Optional.empty() : names.route().options().value(HostnameOption.WEBSOCKET_IDLE);
        limit.ifPresent(quiet -> {
            Deadline deadline = new Deadline(timers, visitor.eventLoop());
            visitor.pipeline().addLast(new QuietLimit(deadline));
            deadline.set(quiet, () -> {
                exchange.problem = Fault.WEBSOCKET_QUIET.problem("seconds", quiet.toSeconds());
                Closing.abort(visitor);
            });
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        deadline.touch();
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        deadline.touch();
        context.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.clear();
        context.fireChannelInactive();
    }
}
