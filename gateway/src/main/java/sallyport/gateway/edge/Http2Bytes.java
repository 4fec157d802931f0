package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * A stream of HTTP/2 that carries another protocol (RFC 8441 section 5): DATA frames are its bytes, END_STREAM is its end of
 * file, and a reset is a reset. Stands before a {@link Bridge}; runs on the visitor's loop.
 */
final class Http2Bytes extends ChannelDuplexHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof Http2DataFrame data)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (data.content().isReadable()) {
            ctx.fireChannelRead(data.content());
        } else {
            data.release();
        }
        if (data.isEndStream()) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes) : message, promise);
    }
}
