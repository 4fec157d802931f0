package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.edge.AccessRules.Admission;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;

/**
 * One connection whose TLS ends at the device: the ClientHello and everything after it go through untouched. Whoever may
 * not pass, or finds no device, is closed without a byte. What the visitor sends while the stream is being opened (one socket
 * read, and what lay before a FIN) waits here. Runs on the visitor's loop.
 */
final class Passthrough extends ChannelInboundHandlerAdapter {
    private final Front front;
    private final Visitor visitor;
    private final long started;
    private final ArrayDeque<Object> ahead = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private boolean endedAhead;
    private int attempts;

    Passthrough(Front front, Visitor visitor) {
        this.front = front;
        this.visitor = visitor;
        this.started = front.timers().nanoTime();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        start();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ahead.add(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            endedAhead = true;
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ahead.forEach(ReferenceCountUtil::release);
        ahead.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void start() {
        switch (front.access().admit(visitor.hostname(), visitor.address().getAddress())) {
            case Admission.Refused refused -> refuse(refused.refusal().problem());
            case Admission.Admitted(Destination.DevicePort(HostnameRoute route, var port)) -> {
                channel().config().setAutoRead(false);
                channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                open(route);
            }
            case Admission.Admitted(Destination.Console console) -> refuse(Fault.UNKNOWN_HOSTNAME.problem());
        }
    }

    private void open(HostnameRoute route) {
        attempts++;
        Bridge bridge = new Bridge(channel(), outcome -> served(route, outcome));
        StreamRequest request =
                new StreamRequest(route.port(), visitor.address(), channel().eventLoop(), bridge.deviceSide());
        front.tunnels().open(route.device(), request).addListener((Future<DuplexChannel> opened) -> {
            if (opened.isSuccess()) {
                join(bridge, opened.getNow());
            } else {
                failed(route, opened.cause());
            }
        });
    }

    private void join(Bridge bridge, DuplexChannel stream) {
        if (!channel().isActive()) {
            stream.close();
            return;
        }
        bridge.start();
        ChannelHandlerContext here = context();
        for (Object message = ahead.poll(); message != null; message = ahead.poll()) {
            here.fireChannelRead(message);
        }
        here.fireChannelReadComplete();
        if (endedAhead) {
            here.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        channel().pipeline().remove(this);
    }

    private void failed(HostnameRoute route, @Nullable Throwable cause) {
        boolean lost = cause instanceof StreamRefused refused && refused.reason() == StreamRefused.Reason.LOST;
        if (lost && attempts < DeviceConnector.MAX_ATTEMPTS && channel().isActive()) {
            open(route);
        } else {
            refuse(cause instanceof StreamRefused refused ? refused.problem() : Fault.GATEWAY_FAILED.problem());
        }
    }

    private void refuse(Problem why) {
        front.events()
                .happened(new GatewayEvent.VisitorRefused(
                        HttpsFront.NAME, visitor.address(), Optional.of(visitor.hostname()), why));
        channel().close();
    }

    private void served(HostnameRoute route, Bridge.Outcome outcome) {
        front.events()
                .happened(new GatewayEvent.ConnectionServed(
                        route.device(),
                        route.port(),
                        Optional.of(visitor.hostname()),
                        visitor.address(),
                        outcome.bytesIn(),
                        outcome.bytesOut(),
                        Duration.ofNanos(front.timers().nanoTime() - started),
                        outcome.brokenOff() ? Optional.of(Fault.ANSWER_BROKEN.problem()) : Optional.empty()));
    }

    private Channel channel() {
        return context().channel();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }
}
