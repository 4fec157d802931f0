package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Turns bytes into {@code HttpObject}s: a head, its content, a last content. Runs on the channel's loop.
 *
 * <p><b>Why not the library's decoder.</b> Request smuggling lives on two readers that understand one message
 * differently, and a general decoder is lenient where a gateway must not be. Heads are found within limits ({@link
 * HeadFinder}), read by a pure parser ({@link FieldParser}), and the body's length follows from exactly one field, or the
 * message is refused and nothing after it is read.
 *
 * <p><b>Back-pressure.</b> Nothing is passed on while the channel's auto-read is off: what has arrived (one socket read)
 * stays in {@link #pending}, and the next {@code read()} that comes down the pipeline continues with it. So the handler
 * behind this one stops pipelined requests and bodies alike with {@code setAutoRead(false)}.
 *
 * <p><b>The end keeps its place.</b> The transport tells of the end of the input as soon as it has read it, whatever waits here
 * then. So that end is told behind the bytes that wait; and when the whole channel ends, what a device had said is passed on
 * first ({@link #restIsWanted}): it is at most one socket read.
 */
abstract class MessageDecoder extends ChannelDuplexHandler {
    /** Fired when the first byte of a head has arrived. */
    static final Object HEAD_STARTED = new Object() {
        @Override
        public String toString() {
            return "HEAD_STARTED";
        }
    };

    enum State {
        /** Nobody expects a message: any byte is a violation. */
        HELD,
        HEAD,
        FIXED,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        UNTIL_END,
        /** Another protocol since 101. */
        RAW,
        DEAD
    }

    private final HeadLimits limits;
    private final HeadFinder finder;
    private final Queue<Object> ends = new ArrayDeque<>(2);
    private ByteBuf pending = Unpooled.EMPTY_BUFFER;
    private State state;
    private long remaining;
    private boolean decoding;
    private boolean over;
    private boolean blankSkipped;

    MessageDecoder(HeadLimits limits, State first) {
        this.limits = limits;
        this.finder = new HeadFinder(limits);
        this.state = first;
    }

    /** Reads a complete head, says what follows by one of {@code noBody}, {@code fixed}, {@code chunked}, {@code untilEnd}. */
    abstract HttpMessage head(byte[] head) throws MalformedMessage;

    /** The state after a message is complete. */
    abstract State afterMessage();

    /** True when bytes that wait are worth reading although the channel has ended: an answer, not another request. */
    abstract boolean restIsWanted();

    final State state() {
        return state;
    }

    final HeadLimits limits() {
        return limits;
    }

    /** True when bytes wait here that belong to no message yet. */
    final boolean hasPending() {
        return pending.isReadable();
    }

    /** From here on a message is expected. */
    final void expectHead() {
        state = State.HEAD;
    }

    final void noBody() {
        state = afterMessage();
    }

    final void fixed(long length) {
        remaining = length;
        state = length == 0 ? afterMessage() : State.FIXED;
    }

    final void chunked() {
        state = State.CHUNK_SIZE;
    }

    final void untilEnd() {
        state = State.UNTIL_END;
    }

    final void raw() {
        state = State.RAW;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (state == State.DEAD) {
            bytes.release();
            return;
        }
        pending = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), pending, bytes);
        decode(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        boolean end = event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
        if (end && pending.isReadable() && !flows(ctx)) {
            ends.add(event);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over = restIsWanted();
        if (over && pending.isReadable()) {
            decode(ctx);
            ctx.fireChannelReadComplete();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (pending.isReadable() && !decoding) {
            int before = pending.readableBytes();
            decode(ctx);
            if (pending.readableBytes() != before) {
                // no socket read is under way whose end would make the next handler flush
                ctx.fireChannelReadComplete();
            }
        }
        ctx.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ByteBuf rest = pending;
        pending = Unpooled.EMPTY_BUFFER;
        if (rest.isReadable() && state == State.RAW) {
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        } else {
            rest.release();
        }
        tellEnds(ctx);
    }

    /** Whether what arrives is passed on. */
    private boolean flows(ChannelHandlerContext ctx) {
        return over || ctx.channel().config().isAutoRead();
    }

    private void tellEnds(ChannelHandlerContext ctx) {
        for (Object end = ends.poll(); end != null; end = ends.poll()) {
            ctx.fireUserEventTriggered(end);
        }
    }

    private void decode(ChannelHandlerContext ctx) {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            boolean progress = true;
            while (progress && flows(ctx) && !ctx.isRemoved()) {
                progress = step(ctx);
            }
        } catch (MalformedMessage e) {
            state = State.DEAD;
            ctx.fireChannelRead(new Malformed(e.refusal()));
        } finally {
            decoding = false;
            if (!pending.isReadable() || state == State.DEAD) {
                pending.release();
                pending = Unpooled.EMPTY_BUFFER;
            }
        }
        if (!pending.isReadable() || flows(ctx)) {
            tellEnds(ctx);
        }
    }

    /** One object, or as much as there is; false when more bytes are needed. */
    private boolean step(ChannelHandlerContext ctx) throws MalformedMessage {
        if (!pending.isReadable() || state == State.RAW || state == State.DEAD) {
            return false;
        }
        return switch (state) {
            case HEAD -> readHead(ctx);
            case FIXED -> readFixed(ctx);
            case CHUNK_SIZE -> readChunkSize();
            case CHUNK_DATA -> readChunkData(ctx);
            case CHUNK_END -> readChunkEnd();
            case TRAILERS -> readTrailers(ctx);
            case UNTIL_END -> content(ctx, pending.readableBytes());
            case HELD -> throw MalformedMessage.bad("bytes that nobody asked for");
            case RAW, DEAD -> false;
        };
    }

    private boolean readHead(ChannelHandlerContext ctx) throws MalformedMessage {
        if (!finder.started()) {
            if (skipBlankLine()) {
                return true;
            }
            ctx.fireUserEventTriggered(HEAD_STARTED);
        }
        int length = finder.find(pending);
        if (length < 0) {
            return false;
        }
        byte[] bytes = ByteBufUtil.getBytes(pending, pending.readerIndex(), length);
        pending.skipBytes(length);
        finder.reset(false);
        blankSkipped = false;
        HttpMessage message = head(bytes);
        boolean complete =
                state != State.FIXED && state != State.CHUNK_SIZE && state != State.UNTIL_END && state != State.RAW;
        ctx.fireChannelRead(message);
        if (complete && !(message instanceof LastHttpContent)) {
            ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        return true;
    }

    /** RFC 9112 section 2.2: one empty line before a start line is ignored. */
    private boolean skipBlankLine() {
        int at = pending.readerIndex();
        if (!blankSkipped && pending.readableBytes() >= 2 && pending.getShort(at) == ('\r' << 8 | '\n')) {
            pending.skipBytes(2);
            blankSkipped = true;
            return true;
        }
        return false;
    }

    private boolean readFixed(ChannelHandlerContext ctx) {
        int length = (int) Math.min(remaining, pending.readableBytes());
        remaining -= length;
        if (remaining > 0) {
            return content(ctx, length);
        }
        ByteBuf last = pending.readRetainedSlice(length);
        state = afterMessage();
        ctx.fireChannelRead(new DefaultLastHttpContent(last));
        return true;
    }

    private boolean readChunkSize() throws MalformedMessage {
        int lineFeed = ByteBufUtil.indexOf(pending, pending.readerIndex(), pending.writerIndex(), (byte) '\n');
        int length = (lineFeed < 0 ? pending.writerIndex() : lineFeed) - pending.readerIndex();
        if (length > ChunkSize.MAX_LINE) {
            throw MalformedMessage.bad("a chunk size line that is too long");
        }
        if (lineFeed < 0) {
            return false;
        }
        byte[] line = new byte[length];
        pending.readBytes(line).skipBytes(1);
        remaining = ChunkSize.parse(line, limits.grammar());
        if (remaining == 0) {
            finder.reset(true);
        }
        state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return true;
    }

    private boolean readChunkData(ChannelHandlerContext ctx) {
        int length = (int) Math.min(remaining, pending.readableBytes());
        remaining -= length;
        if (remaining == 0) {
            state = State.CHUNK_END;
        }
        return content(ctx, length);
    }

    private boolean readChunkEnd() throws MalformedMessage {
        if (pending.readableBytes() < 2) {
            return false;
        }
        if (pending.readShort() != ('\r' << 8 | '\n')) {
            throw MalformedMessage.bad("a chunk that does not end where it said");
        }
        state = State.CHUNK_SIZE;
        return true;
    }

    private boolean readTrailers(ChannelHandlerContext ctx) throws MalformedMessage {
        int length = finder.find(pending);
        if (length < 0) {
            return false;
        }
        byte[] bytes = ByteBufUtil.getBytes(pending, pending.readerIndex(), length);
        pending.skipBytes(length);
        finder.reset(false);
        HttpHeaders trailers = FieldParser.parse(bytes, 0, length, limits);
        state = afterMessage();
        HopFields.cleanTrailers(trailers);
        ctx.fireChannelRead(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
        return true;
    }

    private boolean content(ChannelHandlerContext ctx, int length) {
        if (length > 0) {
            ctx.fireChannelRead(new DefaultHttpContent(pending.readRetainedSlice(length)));
        }
        return length > 0;
    }
}
