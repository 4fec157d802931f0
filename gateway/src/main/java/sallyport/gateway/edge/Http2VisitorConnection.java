package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;

/**
 * A visitor's connection of HTTP/2 apart from its streams: how long it may be silent, how it ends, and when it has had
 * enough of it. The last handler of the connection's own pipeline; runs on the visitor's loop.
 *
 * <p><b>Whose it is.</b> It serves the one name of its server name indication, and says so in an ORIGIN frame (RFC 8336), so
 * that visitors do not use it for other names that the certificate also covers. A request for another name is answered with
 * 421; who asks a second time loses the connection, in order (RFC 9110 section 15.5.20).
 *
 * <p><b>The end in order</b> has two phases (RFC 9113 section 6.8): a GOAWAY that promises the end but refuses nothing, and
 * after a ping has gone there and back, so that what was under way has arrived, one that names the last stream; the connection
 * closes when that is done.
 */
final class Http2VisitorConnection extends ChannelInboundHandlerAdapter {
    /** Streams of one connection at a time (RFC 9113 section 5.1.2). */
    static final int MAX_STREAMS = 100;
    /** Bytes that a visitor may send ahead on one stream. */
    static final int STREAM_WINDOW = 256 * 1024;
    /** Bytes that a visitor may send ahead on all streams. */
    static final int CONNECTION_WINDOW = 1024 * 1024;
    /** Streams that may wait for a visitor who grants nothing, although it answers pings. */
    static final int MAX_STALLED = 32;

    static final Duration PING_PATIENCE = Duration.ofMillis(400);

    private static final Logger log = LoggerFactory.getLogger(Http2VisitorConnection.class);
    private static final byte ORIGIN = 0xc;
    private static final int MISDIRECTED_ALLOWED = 1;
    private static final long DRAIN_PING = 1;
    private static final long STALL_PING = 2;

    private final Front front;
    private final Visitor visitor;
    private final DevicePool devices;
    private final Http2FrameCodec codec;
    private final AccessLog access;
    private final Set<Channel> stalled = new HashSet<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Deadline deadline;
    private int streams;
    private int misdirected;
    private boolean ending;
    private boolean named;
    private boolean stallAsked;
    private boolean stallAnswered;
    private boolean over;

    Http2VisitorConnection(Front front, Visitor visitor, DevicePool devices, Http2FrameCodec codec) {
        this.front = front;
        this.visitor = visitor;
        this.devices = devices;
        this.codec = codec;
        this.access = new AccessLog(front, visitor);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        deadline = new Deadline(front.timers(), ctx.executor());
        deadline().set(front.deadlines().requestHead(), this::end);
        ctx.write(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - 2 * STREAM_WINDOW));
        sayOrigin(ctx);
        ctx.flush();
    }

    private void sayOrigin(ChannelHandlerContext ctx) {
        int port = front.publicPort().getAsInt();
        String origin = "https://" + visitor.hostname() + (port == 443 ? "" : ":" + port);
        ByteBuf payload = ctx.alloc().buffer(2 + origin.length()).writeShort(origin.length());
        ByteBufUtil.writeAscii(payload, origin);
        ChannelHandlerContext wire = ctx.pipeline().context(codec);
        codec.encoder().writeFrame(wire, ORIGIN, 0, new Http2Flags(), payload, wire.newPromise());
    }

    // from the streams

    /** A stream was opened. */
    void opened(Channel stream) {
        streams++;
        deadline().clear();
        stream.closeFuture().addListener(closed -> {
            streams--;
            stalled.remove(stream);
            if (streams == 0 && !over) {
                deadline().set(front.deadlines().idle(), this::end);
            }
        });
    }

    int streams() {
        return streams;
    }

    /** A request could not be read. */
    void unreadable(Refusal refusal) {
        access.unreadable(refusal);
    }

    /** A request for another name than this connection's was answered with 421. */
    void misdirected() {
        misdirected++;
        if (misdirected > MISDIRECTED_ALLOWED) {
            drain();
        }
    }

    /** A stream waits for the visitor to take what it has asked for, or no longer. */
    void stalled(Channel stream, boolean waits) {
        if (!waits) {
            stalled.remove(stream);
        } else if (stream.isActive() && stalled.add(stream) && stalled.size() > MAX_STALLED && !stallAsked && !over) {
            askStalled();
        }
    }

    /** A slow network delays the ping too; who answers it at once and grants nothing does it on purpose. */
    private void askStalled() {
        stallAsked = true;
        stallAnswered = false;
        Set<Channel> before = Set.copyOf(stalled);
        context().writeAndFlush(new DefaultHttp2PingFrame(STALL_PING));
        front.timers().schedule(context().executor(), PING_PATIENCE, () -> {
            stallAsked = false;
            if (over || stalled.size() <= MAX_STALLED) {
                return;
            }
            if (stallAnswered && stalled.containsAll(before)) {
                flood();
            } else {
                askStalled();
            }
        });
    }

    // from the visitor

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2PingFrame ping && ping.ack()) {
            if (ping.content() == DRAIN_PING && ending) {
                end();
            } else if (ping.content() == STALL_PING) {
                stallAnswered = true;
            }
        }
        if (message instanceof Http2GoAwayFrame) {
            end(); // it opens no stream any more
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ProxyHandler.DRAIN) {
            drain();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over = true;
        deadline().clear();
        devices.close();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Http2Exception violation = Http2Exception.class.isInstance(cause) ? (Http2Exception) cause : null;
        if (violation != null) {
            // the codec says GOAWAY and closes
            access.unreadable(
                    Fault.HTTP2_VIOLATION.problem("detail", Printable.shorten(String.valueOf(violation.getMessage()))));
        } else {
            if (!(cause instanceof IOException)) {
                log.error("a visitor's connection to {} failed", visitor.hostname(), cause);
            }
            Closing.abort(ctx.channel());
        }
    }

    /** The guard of its frames has found that it must end. */
    void end(Http2Error why) {
        if (why == Http2Error.ENHANCE_YOUR_CALM) {
            flood();
        } else if (!over) {
            over = true;
            deadline().clear();
            access.unreadable(Fault.HTTP2_VIOLATION.problem("detail", "a stream that it had ended, or skipped"));
            context().writeAndFlush(new DefaultHttp2GoAwayFrame(why));
            Closing.gently(context().channel(), front.deadlines(), front.timers());
        }
    }

    /** It sends nothing but work, or takes nothing that it has asked for. */
    private void flood() {
        if (!over) {
            over = true;
            deadline().clear();
            access.unreadable(Fault.HTTP2_FLOOD.problem());
            context().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM));
            Closing.abort(context().channel());
        }
    }

    // the end

    /** Takes no new streams once the visitor has heard of it; those that are under way go on. */
    void drain() {
        if (!ending && !over) {
            ending = true;
            context().write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
            context().writeAndFlush(new DefaultHttp2PingFrame(DRAIN_PING));
            front.timers().schedule(context().executor(), front.deadlines().linger(), this::end);
        }
    }

    /** Lets what a stream was told arrive alone: programs that read it together with GOAWAY give up instead (curl 7.88). */
    void drainSoon() {
        front.timers().schedule(context().executor(), front.deadlines().settle(), this::drain);
    }

    /** Names the last stream; the codec closes once all have ended. */
    private void end() {
        if (!over && !named && context().channel().isActive()) {
            ending = true;
            named = true;
            context().write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            context().close();
        }
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline);
    }
}
