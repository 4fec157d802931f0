package sallyport.gateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnels;

/**
 * One connection to an open port: waits for its stream, then raw bytes both ways. What the visitor sends ahead stays in the
 * kernel; only an end of file lets Netty read it, and then it is kept in order for the stream.
 *
 * <p>Runs on the loop of the tunnel that held the port when the connection was accepted.
 */
final class OpenPortVisitor extends ChannelInboundHandlerAdapter {
    private final SocketChannel channel;
    private final DeviceName device;
    private final PortNumber port;
    private final InetSocketAddress address;
    private final Timers timers;
    private final GatewayEvents events;
    private final long started;
    private final Bridge bridge;
    private final ArrayDeque<Object> ahead = new ArrayDeque<>();
    private boolean endedAhead;
    private @Nullable Future<DuplexChannel> opening;

    OpenPortVisitor(SocketChannel channel, DeviceName device, PortNumber port, Timers timers, GatewayEvents events) {
        this.channel = channel;
        this.device = device;
        this.port = port;
        this.address = channel.remoteAddress();
        this.timers = timers;
        this.events = events;
        started = timers.nanoTime();
        bridge = new Bridge(channel, this::served);
    }

    InetSocketAddress address() {
        return address;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Registers the socket with the loop and opens its stream there. */
    void start(EventLoop loop, Tunnels tunnels) {
        channel.config()
                .setAutoRead(false)
                .setAllowHalfClosure(true)
                .setTcpNoDelay(true)
                .setKeepAlive(true);
        channel.pipeline().addLast(this);
        loop.register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                open(tunnels);
            } else {
                channel.unsafe().closeForcibly();
            }
        });
    }

    private void open(Tunnels tunnels) {
        Future<DuplexChannel> stream =
                tunnels.open(device, new StreamRequest(port, address, channel.eventLoop(), bridge.deviceSide()));
        opening = stream;
        stream.addListener((Future<DuplexChannel> opened) -> {
            if (!opened.isSuccess()) {
                refused(opened.cause());
            } else if (channel.isActive()) {
                join();
            } else {
                opened.getNow().close();
            }
        });
    }

    private void join() {
        bridge.start();
        ChannelHandlerContext context = channel.pipeline().context(this);
        for (Object message = ahead.poll(); message != null; message = ahead.poll()) {
            context.fireChannelRead(message);
        }
        context.fireChannelReadComplete();
        if (endedAhead) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        channel.pipeline().remove(this);
    }

    private void refused(@Nullable Throwable cause) {
        if (cause instanceof StreamRefused refusal && channel.isActive()) {
            refused(refusal.problem());
        }
        reset();
    }

    private void refused(Problem why) {
        events.happened(new GatewayEvent.VisitorRefused("port " + port, address, Optional.empty(), why));
    }

    private void served(Bridge.Outcome outcome) {
        events.happened(new GatewayEvent.ConnectionServed(
                device,
                port,
                Optional.empty(),
                address,
                outcome.bytesIn(),
                outcome.bytesOut(),
                Duration.ofNanos(timers.nanoTime() - started),
                Optional.empty()));
    }

    /** Ends the connection at once, whatever it is doing. Any thread. */
    void end() {
        channel.eventLoop().execute(() -> {
            if (channel.isOpen() && channel.pipeline().context(this) == null) {
                bridge.breakOff();
            } else {
                reset();
            }
        });
    }

    private void reset() {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    // until the stream is open

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ahead.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // Nobody reads on before the stream is open.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        endedAhead |= event == ChannelInputShutdownEvent.INSTANCE;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Future<DuplexChannel> waiting = opening;
        if (waiting != null) {
            waiting.cancel(false);
        }
        ahead.forEach(ReferenceCountUtil::release);
        ahead.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        reset();
    }
}
