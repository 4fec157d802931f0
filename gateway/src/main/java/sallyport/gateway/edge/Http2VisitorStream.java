package sallyport.gateway.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a visitor's connection of HTTP/2, which carries one exchange: frames become {@code HttpObject}s for {@link
 * ProxyHandler}, which stands behind it, and what that one writes becomes frames. Runs on the visitor's loop.
 *
 * <p><b>The end.</b> The answer's last frame ends the gateway's half. When the request's half is still open then, the rest
 * of it is not wanted, and the stream is reset without an error (RFC 9113 section 8.1). An answer that breaks off resets the
 * stream with one, so that it is never taken for the whole. A reset by the visitor closes the channel, which ends the exchange.
 *
 * <p><b>No body after all.</b> A head that neither ends the stream nor names a length may be followed by nothing but an empty
 * frame with the end, and web servers of devices refuse a GET in chunks. So such a head waits for what came with it, and no
 * longer: what arrives together with the end becomes a request without a body.
 */
final class Http2VisitorStream extends ChannelDuplexHandler implements VisitorWire {
    private final Http2VisitorConnection connection;
    private final Deque<Http2DataFrame> beforeSwitch = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable WebSocketKey key;
    private @Nullable HttpRequest held;
    private @Nullable Object waiting;
    private boolean begun;
    private boolean refused;
    private boolean requestEnded;

    Http2VisitorStream(Http2VisitorConnection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ReferenceCountUtil.release(waiting);
        waiting = null;
        beforeSwitch.forEach(ReferenceCountUtil::release);
        beforeSwitch.clear();
    }

    // from the visitor

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        requestEnded |= ends(message);
        if (held == null) {
            take(ctx, message);
        } else if (message instanceof Http2DataFrame data
                && ends(data)
                && !data.content().isReadable()) {
            passHeld(ctx, true);
            data.release();
        } else {
            passHeld(ctx, false);
            waiting = message; // nothing is read until the device has the head
        }
    }

    private static boolean ends(Object message) {
        return (message instanceof Http2HeadersFrame block && block.isEndStream())
                || (message instanceof Http2DataFrame data && data.isEndStream());
    }

    /** The proxy wants to go on: with what came behind the head, if there is anything. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        Object first = waiting;
        waiting = null;
        if (first != null) {
            take(ctx, first);
            ctx.fireChannelReadComplete();
        }
        if (first == null || ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2HeadersFrame block -> {
                try {
                    headers(ctx, block);
                } catch (MalformedMessage e) {
                    refuse(ctx, e.refusal());
                }
            }
            case Http2DataFrame data -> data(ctx, data);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void headers(ChannelHandlerContext ctx, Http2HeadersFrame block) throws MalformedMessage {
        if (begun) {
            ctx.fireChannelRead(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, Http2Head.trailers(block.headers())));
            return;
        }
        begun = true;
        HttpRequest request = Http2Head.request(block.headers(), block.isEndStream());
        if (HopFields.upgrade(request.headers()).isPresent()) {
            key = new WebSocketKey(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, ""));
        }
        boolean nothingSaid =
                !block.isEndStream() && request.headers().contains(HttpHeaderNames.CONTENT_LENGTH, "0", false);
        if (nothingSaid || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            held = request; // in chunks, unless nothing comes; not at all, if something comes where nothing was said
            return;
        }
        ctx.fireChannelRead(request);
        if (block.isEndStream()) {
            ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void passHeld(ChannelHandlerContext ctx, boolean bodiless) {
        HttpRequest request = held;
        held = null;
        if (request != null) {
            if (bodiless) {
                request.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
            }
            ctx.fireChannelRead(request);
            if (bodiless) {
                ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        passHeld(ctx, false);
        ctx.fireChannelReadComplete();
    }

    private void data(ChannelHandlerContext ctx, Http2DataFrame data) {
        if (key != null) {
            beforeSwitch.add(data); // the stream's window bounds it: nothing is read until the device has switched
        } else if (data.isEndStream()) {
            ctx.fireChannelRead(new DefaultLastHttpContent(data.content()));
        } else if (data.content().isReadable()) {
            ctx.fireChannelRead(new DefaultHttpContent(data.content()));
        } else {
            data.release();
        }
    }

    /** What is malformed ends the stream without an answer (RFC 9113 section 8.1.1); what is too large gets one. */
    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        refused = true;
        if (refusal.status().code() == HttpResponseStatus.BAD_REQUEST.code()) {
            connection.unreadable(refusal);
            reset(ctx, Http2Error.PROTOCOL_ERROR);
        } else {
            ctx.fireChannelRead(new Malformed(refusal));
        }
    }

    /** The multiplexer resets the stream with the error that it found; there is nothing to say about a visitor's mistake. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof Http2Exception)) {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.stalled(ctx.channel(), !ctx.channel().isWritable());
        ctx.fireChannelWritabilityChanged();
    }

    // to the visitor

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        switch (message) {
            case FullHttpResponse whole -> full(ctx, whole, promise);
            case HttpResponse head -> {
                countMisdirected(head);
                ctx.write(new DefaultHttp2HeadersFrame(Http2Answer.head(head)), promise);
            }
            case LastHttpContent last -> last(ctx, last);
            case HttpContent content -> ctx.write(new DefaultHttp2DataFrame(content.content()), promise);
            default -> ctx.write(message, promise);
        }
    }

    private void full(ChannelHandlerContext ctx, FullHttpResponse whole, ChannelPromise promise) {
        countMisdirected(whole);
        boolean interim = whole.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        boolean empty = !whole.content().isReadable();
        DefaultHttp2HeadersFrame head = new DefaultHttp2HeadersFrame(Http2Answer.head(whole), !interim && empty);
        if (interim) {
            whole.release();
            ctx.write(head, promise);
        } else if (empty) {
            whole.release();
            end(ctx, head);
        } else {
            ctx.write(head, promise);
            end(ctx, new DefaultHttp2DataFrame(whole.content(), true));
        }
    }

    private void last(ChannelHandlerContext ctx, LastHttpContent last) {
        if (last.trailingHeaders().isEmpty()) {
            end(ctx, new DefaultHttp2DataFrame(last.content(), true));
            return;
        }
        if (last.content().isReadable()) {
            ctx.write(new DefaultHttp2DataFrame(last.content()));
        } else {
            last.release();
        }
        end(ctx, new DefaultHttp2HeadersFrame(Http2Answer.trailers(last.trailingHeaders()), true));
    }

    private void end(ChannelHandlerContext ctx, Object frame) {
        ctx.write(frame).addListener(written -> {
            if (written.isSuccess() && !requestEnded && ctx.channel().isActive()) {
                reset(ctx, Http2Error.NO_ERROR);
            }
        });
    }

    private void countMisdirected(HttpResponse head) {
        if (head.status().code() == HttpResponseStatus.MISDIRECTED_REQUEST.code()) {
            connection.misdirected();
        }
    }

    private static void reset(ChannelHandlerContext ctx, Http2Error error) {
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(error)).addListener(ChannelFutureListener.CLOSE);
    }

    // for the proxy handler

    @Override
    public void completed(boolean usable) {
        context().flush();
    }

    @Override
    public void broken() {
        if (context().channel().isActive()) {
            reset(context(), Http2Error.INTERNAL_ERROR);
        }
    }

    /** RFC 9113 section 7: the code that makes visitors send a request again over HTTP/1.1, on another connection. */
    @Override
    public boolean requireHttp1() {
        if (context().channel().isActive()) {
            reset(context(), Http2Error.HTTP_1_1_REQUIRED);
        }
        connection.drainSoon();
        return true;
    }

    @Override
    public void retire() {
        connection.drain();
    }

    /** The gateway has made the key, so it is the gateway that must see that the device has read it. */
    @Override
    public boolean trusts(HttpResponse switching) {
        return key != null && key.accept().equals(switching.headers().get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
    }

    @Override
    public void switched(DeviceConnection device, Consumer<Bridge.Outcome> ended) {
        Channel visitor = context().channel();
        Bridge bridge = new Bridge(visitor, ended);
        ChannelPipeline pipeline = visitor.pipeline();
        pipeline.remove(ProxyHandler.class);
        pipeline.addAfter(context().name(), null, new Http2Bytes());
        device.become(bridge.deviceSide());
        bridge.start();
        ChannelHandlerContext behind = context();
        for (Http2DataFrame each = beforeSwitch.poll(); each != null; each = beforeSwitch.poll()) {
            behind.fireChannelRead(each);
        }
        behind.fireChannelReadComplete();
        pipeline.remove(this);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }
}
