package sallyport.gateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/**
 * Says once why a visitor's TLS handshake failed; when it succeeded, it leaves to the handlers of what was agreed upon. Runs on
 * the visitor's loop.
 */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private final Front front;
    private final Visitor visitor;
    private final Consumer<Optional<String>> secured;

    /** @param secured adds the handlers that come next, by the application protocol that was agreed upon */
    HandshakeWatch(Front front, Visitor visitor, Consumer<Optional<String>> secured) {
        this.front = front;
        this.visitor = visitor;
        this.secured = secured;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                failed(ctx, handshake.cause());
                return;
            }
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            SSLSession session = tls.engine().getSession();
            front.events()
                    .happened(new GatewayEvent.VisitorSecured(
                            visitor.address(),
                            visitor.hostname(),
                            session.getProtocol(),
                            session.getCipherSuite(),
                            TlsContexts.group(tls)));
            secured.accept(Optional.ofNullable(tls.applicationProtocol()));
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
