package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.fault.Fault;

/**
 * A visitor's connection of HTTP/1.1 between its requests (RFC 9112 section 9): how long it may be silent, how long a head
 * may take, and how it ends. Stands before {@link ProxyHandler}; runs on the visitor's loop.
 *
 * <p>After a switch of protocols (RFC 6455 section 4.2.2) the HTTP handlers leave both pipelines and a bridge joins what
 * remains; what the visitor has sent behind its request waited in the decoder, one socket read at most, and goes on first.
 */
final class Http1VisitorConnection extends ChannelInboundHandlerAdapter implements VisitorWire {
    private final Front front;
    private final DevicePool devices;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Deadline deadline;
    private boolean busy;
    private boolean loginEnded;
    private boolean over;

    Http1VisitorConnection(Front front, DevicePool devices) {
        this.front = front;
        this.devices = devices;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(front.timers(), ctx.executor());
        awaitRequest();
    }

    private void awaitRequest() {
        deadline().set(front.deadlines().idle(), this::end);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest) {
            busy = true;
            deadline().clear();
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == MessageDecoder.HEAD_STARTED && !busy && !over) {
            deadline().set(front.deadlines().requestHead(), () -> headLate(ctx));
        } else if (event == ProxyHandler.DRAIN && !busy && !over) {
            end();
        }
        ctx.fireUserEventTriggered(event);
    }

    private static void headLate(ChannelHandlerContext ctx) {
        ctx.fireChannelRead(
                new Malformed(Refusal.of(HttpResponseStatus.REQUEST_TIMEOUT, Fault.REQUEST_TIMEOUT.problem())));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over = true;
        deadline().clear();
        ctx.fireChannelInactive();
        devices.close();
    }

    // for the proxy handler

    @Override
    public void completed(boolean usable) {
        if (usable && !loginEnded && !front.draining().getAsBoolean()) {
            context().flush();
            busy = false;
            awaitRequest();
            channel().config().setAutoRead(true);
        } else {
            end();
        }
    }

    private void end() {
        over = true;
        deadline().clear();
        devices.close();
        Closing.gently(channel(), front.deadlines(), front.timers());
    }

    @Override
    public void broken() {
        Closing.abort(channel());
    }

    @Override
    public boolean requireHttp1() {
        return false;
    }

    /** Another connection would be of the same kind. */
    @Override
    public void retire() {}

    /** The device's connection to which the visitor's login is tied has ended: to the visitor both are one. */
    void loginEnded() {
        loginEnded = true;
        if (!busy && !over) {
            end();
        }
    }

    /** The visitor itself compares keys. */
    @Override
    public boolean trusts(HttpResponse switching) {
        return true;
    }

    @Override
    public void switched(DeviceConnection device, Consumer<Bridge.Outcome> ended) {
        deadline().clear();
        Channel visitor = channel();
        Bridge bridge = new Bridge(visitor, ended);
        ChannelPipeline pipeline = visitor.pipeline();
        RequestDecoder decoder = pipeline.get(RequestDecoder.class);
        decoder.raw();
        pipeline.remove(ProxyHandler.class);
        pipeline.remove(this);
        pipeline.remove(HttpResponseEncoder.class);
        device.become(bridge.deviceSide());
        bridge.start();
        pipeline.remove(decoder);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private Channel channel() {
        return context().channel();
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline);
    }
}
