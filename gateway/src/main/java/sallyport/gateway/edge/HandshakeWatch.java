package sallyport.gateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Optional;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/**
 * Says once why a visitor's TLS handshake failed; when it succeeded, it leaves to the handlers of the version of HTTP that was
 * agreed upon. Runs on the visitor's loop.
 */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private final Front front;
    private final Visitor visitor;

    HandshakeWatch(Front front, Visitor visitor) {
        this.front = front;
        this.visitor = visitor;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                failed(ctx, handshake.cause());
                return;
            }
            String agreed = ctx.pipeline().get(SslHandler.class).applicationProtocol();
            if (HelloHandler.HTTP_2.equals(agreed)) {
                Pipelines.http2(ctx.channel(), front, visitor);
            } else {
                Pipelines.http1(ctx.channel(), front, visitor);
            }
        }
        ctx.fireUserEventTriggered(event);
        if (event instanceof SslHandshakeCompletionEvent) {
            ctx.pipeline().remove(this);
        }
    }

    private void failed(ChannelHandlerContext ctx, Throwable cause) {
        String detail = Printable.shorten(String.valueOf(cause.getMessage()));
        front.events()
                .happened(new GatewayEvent.VisitorRefused(
                        HttpsFront.NAME,
                        visitor.address(),
                        Optional.of(visitor.hostname()),
                        Fault.TLS_FAILED.problem("detail", detail)));
        ctx.close();
    }

    /** Already told: the same failure also travels as an exception. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
