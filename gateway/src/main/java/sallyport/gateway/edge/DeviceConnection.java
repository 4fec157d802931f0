package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.event.GatewayEvent.Slip;

/**
 * One HTTP connection to a device over a stream, for exactly one visitor's connection at a time, and for one alone unless the
 * operator allows sharing: logins that are tied to a connection (digest, NTLM) hold, and no visitor ever gets another's
 * answer. Runs on the visitor's loop, on which the stream lives.
 *
 * <p>It knows whether the device's output ended as a whole: with close_notify under TLS, with EOF without it. A reset, or
 * EOF under TLS without close_notify, is a cut.
 */
final class DeviceConnection extends ChannelInboundHandlerAdapter {
    /** Who waits for the device's answer. */
    interface Listener {
        /** The next part of the answer; the listener owns it. */
        void answered(HttpObject part);

        /** A burst of parts is over: time to flush. */
        void answeredForNow();

        /** The connection is gone before the answer was complete. */
        void broken();

        /** The device takes more bytes, or not for now. */
        void deviceWritable(boolean writable);
    }

    /** Hears once whether the connection is ready. */
    interface Ready {
        void ready(DeviceConnection connection);

        /** {@code cause} of a failed handshake, or null when the stream ended. */
        void failed(@Nullable Throwable cause);
    }

    private final Destination destination;
    private final Mending mending;
    private final ResponseDecoder decoder;
    private @Nullable Ready waiting;
    private @Nullable Listener listener;
    private @Nullable Channel channel;
    private @Nullable Runnable firstAnswer;
    private @Nullable Runnable unanswered;
    private boolean wholeEnd;
    private boolean inputShut;
    private boolean gone;
    private boolean used;
    private boolean tied;
    private final boolean mayBeShared;
    private boolean personal;
    private boolean shared;
    private boolean inLogin;

    /** @param slips told of each slip in an answer, once for the connection */
    DeviceConnection(Destination destination, Consumer<Slip> slips, Ready waiting) {
        this.destination = destination;
        this.mayBeShared = destination instanceof Destination.DevicePort port
                && port.route().options().value(HostnameOption.SHARE_CONNECTIONS);
        this.mending = new Mending(slips);
        this.decoder = new ResponseDecoder(mending);
        this.waiting = waiting;
    }

    ResponseDecoder decoder() {
        return decoder;
    }

    Destination destination() {
        return destination;
    }

    /** The stream; only once the connection is ready. */
    Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("no stream yet");
        }
        return channel;
    }

    /** True when it has answered a request before: the device may be closing it at this moment. */
    boolean used() {
        return used;
    }

    /** True for one that the operator keeps to its visitor, or that has carried what is a visitor's own ({@link PersonalFields}). */
    boolean personal() {
        return personal || !mayBeShared;
    }

    /** It may have served several visitors from now on; none of them may entrust a secret to it. */
    void share() {
        shared = true;
    }

    boolean shared() {
        return shared;
    }

    /** A login that is tied to this connection was begun. */
    void tie() {
        tied = true;
    }

    boolean tied() {
        return tied;
    }

    /** Whether the next step of that login must come over this connection. */
    void loginGoesOn(boolean on) {
        inLogin = on;
    }

    boolean inLogin() {
        return inLogin;
    }

    /** Told once, when the first byte of the first answer has come. */
    void whenAnswered(Runnable told) {
        firstAnswer = told;
    }

    /**
     * It was opened for no request, and waits for one.
     *
     * @param unwanted told when the device ends it without having answered anything
     */
    void spare(Runnable unwanted) {
        unanswered = unwanted;
    }

    /** True for one that was opened for no request and has answered none yet. */
    boolean isSpare() {
        return unanswered != null && firstAnswer != null;
    }

    boolean usable() {
        return !gone && !inputShut && channel != null && channel.isActive() && !decoder.hasPending();
    }

    boolean speaksTls() {
        return channel().pipeline().get(SslHandler.class) != null;
    }

    boolean writable() {
        return channel().isWritable();
    }

    /** Sends a request's head; its answer goes to {@code whom}. */
    void send(HttpRequest head, Listener whom) {
        listener = whom;
        personal = personal || (mayBeShared && PersonalFields.in(head));
        decoder.expect(head.method());
        reading(true);
        channel().writeAndFlush(head);
    }

    /**
     * Sends a part of a request's body.
     *
     * @param left told once it has left for the device, and not when the connection ended before
     */
    void send(HttpContent content, Runnable left) {
        channel().write(content).addListener(written -> {
            if (written.isSuccess()) {
                left.run();
            }
        });
        if (content instanceof LastHttpContent) {
            channel().flush();
        }
    }

    /** The request has no body. */
    void sendNoBody() {
        channel().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel().voidPromise());
    }

    void flush() {
        channel().flush();
    }

    /** The answer is complete: the connection waits for the next request, unless the answer had to be mended. */
    void release() {
        if (mending.happened()) {
            close();
            return;
        }
        listener = null;
        used = true;
        reading(true);
    }

    /** Stops or continues the device's answer, for a visitor that cannot take more. */
    void reading(boolean on) {
        if (!inputShut && channel().isActive()) {
            channel().config().setAutoRead(on);
        }
    }

    /** Ends it; what the device still sends goes nowhere. */
    void close() {
        listener = null;
        waiting = null;
        gone = true;
        if (channel != null) {
            channel.close();
        }
    }

    /** Becomes a pipe for bytes: the HTTP handlers leave, {@code side} takes over, first what waits in the decoder. */
    void become(ChannelHandler side) {
        listener = null;
        channel().pipeline().addLast(side);
        channel().pipeline().remove(this);
        channel().pipeline().remove(RequestEncoder.class);
        channel().pipeline().remove(decoder);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        if (channel.isActive()) {
            connected(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connected(ctx);
        ctx.fireChannelActive();
    }

    private void connected(ChannelHandlerContext ctx) {
        if (gone) {
            ctx.close();
        } else if (ctx.pipeline().get(SslHandler.class) == null) {
            ready();
        }
    }

    private void ready() {
        Ready who = waiting;
        waiting = null;
        if (who != null) {
            who.ready(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpObject part && listener != null) {
            Runnable told = firstAnswer;
            firstAnswer = null;
            if (told != null) {
                told.run();
            }
            personal = personal || (mayBeShared && part instanceof HttpResponse head && PersonalFields.in(head));
            listener.answered(part);
            return;
        }
        ReferenceCountUtil.release(message);
        // malformed, or bytes that nobody asked for
        end(ctx, false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.answeredForNow();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.deviceWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> ready();
            case SslHandshakeCompletionEvent handshake -> fail(ctx, handshake.cause());
            case SslCloseCompletionEvent closed
            when closed.isSuccess() -> {
                wholeEnd = true;
                end(ctx, true);
            }
            case ChannelInputShutdownEvent shut -> {
                inputShut = true;
                boolean plain = ctx.pipeline().get(SslHandler.class) == null;
                end(ctx, wholeEnd || plain);
            }
            default -> {}
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(ctx, false);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (waiting != null) {
            fail(ctx, cause.getCause() == null ? cause : cause.getCause());
        } else {
            end(ctx, false);
        }
    }

    private void fail(ChannelHandlerContext ctx, @Nullable Throwable cause) {
        gone = true;
        Ready who = waiting;
        waiting = null;
        ctx.close();
        if (who != null) {
            who.failed(cause);
        }
    }

    /** The device says no more. */
    private void end(ChannelHandlerContext ctx, boolean whole) {
        if (gone) {
            return;
        }
        if (waiting != null) {
            fail(ctx, null);
            return;
        }
        gone = true;
        Runnable unwanted = unanswered;
        if (unwanted != null && isSpare()) {
            unwanted.run();
        }
        Listener who = listener;
        listener = null;
        if (who != null) {
            if (whole && decoder.endsWithConnection()) {
                who.answered(LastHttpContent.EMPTY_LAST_CONTENT);
            } else {
                who.broken();
            }
        }
        ctx.close();
    }
}
