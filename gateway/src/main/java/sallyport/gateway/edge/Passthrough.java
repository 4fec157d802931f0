package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
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
 * not pass, or finds no device, is closed without a byte. Runs on the visitor's loop.
 */
final class Passthrough {
    private final Front front;
    private final Visitor visitor;
    private final ChannelHandlerContext context;
    private final ByteBuf hello;
    private final long started;
    private int attempts;

    /** Takes ownership of {@code hello}. */
    Passthrough(Front front, Visitor visitor, ChannelHandlerContext context, ByteBuf hello) {
        this.front = front;
        this.visitor = visitor;
        this.context = context;
        this.hello = hello;
        this.started = front.timers().nanoTime();
    }

    void start() {
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
            hello.release();
            stream.close();
            return;
        }
        stream.writeAndFlush(hello);
        bridge.start();
        channel().pipeline().remove(HelloHandler.class);
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
        hello.release();
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
        return context.channel();
    }
}
