package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Doorstep;

/**
 * The PROXY protocol, versions 1 and 2, of the balancers that an operator listed. From those a header is required, before
 * anything else and within {@link Deadlines#hello}; whoever else sends one is no TLS and no SSH client, and is closed by
 * what reads next. A balancer's health check ({@code LOCAL}, {@code UNKNOWN}) counts as the balancer itself.
 *
 * <p>On the connection's loop.
 */
public final class ProxyHeader implements Doorstep {
    /** How a header begins, in either version. */
    private static final byte[][] STARTS = {
        "PROXY ".getBytes(StandardCharsets.US_ASCII),
        {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a}
    };

    private final String front;
    private final List<Cidr> balancers;
    private final Timers timers;
    private final GatewayEvents events;

    /**
     * @param front the listener's name in events
     * @param balancers where a header is required
     */
    public ProxyHeader(String front, List<Cidr> balancers, Timers timers, GatewayEvents events) {
        this.front = front;
        this.balancers = List.copyOf(balancers);
        this.timers = timers;
        this.events = events;
    }

    /** The configuration key that lists a front's balancers. */
    static String key(String front) {
        return front + ".proxy-protocol-from";
    }

    /** True when these bytes can only be the start of a header. */
    static boolean begins(ByteBuf bytes) {
        for (byte[] start : STARTS) {
            int length = Math.min(bytes.readableBytes(), start.length);
            if (length > 2
                    && bytes.slice(bytes.readerIndex(), length).equals(Unpooled.wrappedBuffer(start, 0, length))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void enter(SocketChannel channel, Consumer<InetSocketAddress> inside) {
        InetSocketAddress peer = channel.remoteAddress();
        if (balancers.stream().noneMatch(network -> network.contains(peer.getAddress()))) {
            inside.accept(peer);
            return;
        }
        channel.pipeline().addLast(new HAProxyMessageDecoder()).addLast(new Reader(channel, inside));
    }

    /** Waits for the header, then leaves. */
    private final class Reader extends ChannelInboundHandlerAdapter {
        private final SocketChannel channel;
        private final Consumer<InetSocketAddress> inside;
        private @Nullable Deadline deadline;
        private boolean done;

        Reader(SocketChannel channel, Consumer<InetSocketAddress> inside) {
            this.channel = channel;
            this.inside = inside;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            deadline = new Deadline(timers, ctx.executor());
            deadline.set(
                    Deadlines.DEFAULT.hello(),
                    () -> refuse(
                            ctx, "none came within " + Deadlines.DEFAULT.hello().toSeconds() + " s"));
            if (ctx.channel().isActive()) {
                ctx.read();
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.read();
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!(message instanceof HAProxyMessage header)) {
                ctx.fireChannelRead(message);
                return;
            }
            try {
                Optional<InetSocketAddress> client = client(header);
                if (client.isEmpty()) {
                    refuse(ctx, "it names no address");
                    return;
                }
                end();
                inside.accept(client.get());
                ctx.pipeline().remove(this);
            } finally {
                ReferenceCountUtil.release(header);
            }
        }

        private Optional<InetSocketAddress> client(HAProxyMessage header) {
            HAProxyProxiedProtocol protocol = header.proxiedProtocol();
            if (header.command() == HAProxyCommand.LOCAL || protocol == HAProxyProxiedProtocol.UNKNOWN) {
                return Optional.of(channel.remoteAddress());
            }
            boolean tcp = protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
            return tcp
                    ? Optional.of(
                            new InetSocketAddress(InetAddress.ofLiteral(header.sourceAddress()), header.sourcePort()))
                    : Optional.empty();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (!done) {
                ctx.read();
            }
            ctx.fireChannelReadComplete();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end();
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            refuse(ctx, "it cannot be read");
        }

        private void refuse(ChannelHandlerContext ctx, String why) {
            if (!done) {
                end();
                events.happened(new GatewayEvent.VisitorRefused(
                        front,
                        channel.remoteAddress(),
                        Optional.empty(),
                        Fault.PROXY_HEADER_MISSING.problem("detail", why, "key", key(front))));
            }
            ctx.close();
        }

        private void end() {
            done = true;
            if (deadline != null) {
                deadline.clear();
            }
        }
    }
}
