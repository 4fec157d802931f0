package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * The first handler of every visitor's connection: reads the ClientHello once and decides by the name in it. Whatever does
 * not name a known host ends here, with an alert if it was TLS and without a word if not. Runs on the visitor's loop.
 */
final class HelloHandler extends ChannelInboundHandlerAdapter {
    /** The only application protocol that is spoken here. */
    static final String HTTP_1_1 = "http/1.1";

    private final Front front;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private @Nullable Deadline deadline;
    private boolean decided;

    HelloHandler(Front front) {
        this.front = front;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = new Deadline(front.timers(), ctx.executor());
        deadline.set(front.deadlines().hello(), () -> {
            Problem late = Fault.HELLO_TIMEOUT.problem(
                    "seconds", front.deadlines().hello().toSeconds());
            refuse(ctx, Optional.empty(), late);
            ctx.close();
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (decided || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, bytes);
        switch (ClientHelloParser.parse(received)) {
            case ClientHello.Result.Incomplete incomplete -> {}
            case ClientHello.Result.Complete complete -> route(ctx, complete.hello());
            case ClientHello.Result.NotTls other -> {
                refuse(ctx, Optional.empty(), Fault.NOT_TLS.problem("what", other.what()));
                ctx.close();
            }
            case ClientHello.Result.Refused refused ->
                alert(ctx, refused.alert(), Optional.empty(), Fault.HELLO_REFUSED.problem("detail", refused.why()));
        }
    }

    private void route(ChannelHandlerContext ctx, ClientHello hello) {
        decide();
        Hostname name = hello.serverName();
        Visitor visitor = new Visitor(name, (InetSocketAddress) ctx.channel().remoteAddress());
        Optional<HostnameRoute> route = front.access().findRoute(name);
        if (route.isEmpty() && !front.access().isConsole(name)) {
            alert(ctx, TlsAlert.UNRECOGNIZED_NAME, Optional.of(name), Fault.UNKNOWN_HOSTNAME.problem());
            return;
        }
        route.ifPresent(known -> front.live().add(ctx.channel(), visitor, known));
        if (route.isPresent() && route.get().tls() == TlsMode.PASSTHROUGH) {
            Pipelines.passthrough(ctx.channel(), front, visitor);
            leave(ctx);
        } else {
            terminate(ctx, hello, visitor);
        }
    }

    private void terminate(ChannelHandlerContext ctx, ClientHello hello, Visitor visitor) {
        Optional<Hostname> name = Optional.of(visitor.hostname());
        if (!hello.protocols().isEmpty() && !hello.protocols().contains(HTTP_1_1)) {
            alert(ctx, TlsAlert.NO_APPLICATION_PROTOCOL, name, Fault.NO_COMMON_PROTOCOL.problem());
            return;
        }
        Optional<SslContext> context = front.certificates().find(visitor.hostname());
        if (context.isEmpty()) {
            Problem none = Fault.NO_CERTIFICATE.problem("hostname", visitor.hostname());
            alert(ctx, TlsAlert.UNRECOGNIZED_NAME, name, none);
            return;
        }
        Pipelines.terminate(ctx.channel(), front, context.get(), visitor);
        leave(ctx);
    }

    /** The handlers behind this one read from the first byte on. */
    private void leave(ChannelHandlerContext ctx) {
        ByteBuf first = received;
        received = Unpooled.EMPTY_BUFFER;
        ctx.fireChannelRead(first);
        ctx.pipeline().remove(this);
    }

    private void decide() {
        decided = true;
        if (deadline != null) {
            deadline.clear();
        }
    }

    private void alert(ChannelHandlerContext ctx, TlsAlert alert, Optional<Hostname> name, Problem why) {
        refuse(ctx, name, why);
        ctx.writeAndFlush(alert.record());
        Closing.gently(ctx.channel(), front.deadlines().linger());
    }

    private void refuse(ChannelHandlerContext ctx, Optional<Hostname> name, Problem why) {
        decide();
        front.events()
                .happened(new GatewayEvent.VisitorRefused(
                        HttpsFront.NAME, (InetSocketAddress) ctx.channel().remoteAddress(), name, why));
    }

    /** A connection that says nothing and leaves is a health check; half a hello is worth a line. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!decided && received.isReadable()) {
            refuse(ctx, Optional.empty(), Fault.HELLO_REFUSED.problem("detail", "it broke off"));
        }
        decide();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        received.release();
        received = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
