package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.Errors;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/**
 * The listening sockets of one open port, one per address. What something else holds is tried again every second; only what
 * this process may not bind is a refusal.
 *
 * <p>Runs on one loop, that of the first tunnel which offered the port.
 */
final class OpenPortListener {
    /** How long a port that something else holds is left alone before the next try. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** Connections that the kernel keeps until they are accepted. */
    static final int BACKLOG = 1024;

    private static final int EACCES = -13;
    private static final int EADDRINUSE = -98;

    private final PortNumber port;
    private final EventLoop loop;
    private final Timers timers;
    private final Consumer<SocketChannel> accepted;
    private final Consumer<Listening> changed;
    private final Map<String, Channel> sockets = new LinkedHashMap<>();
    private final Map<String, Problem> waiting = new LinkedHashMap<>();
    private final Set<String> binding = new HashSet<>();
    private final List<CompletableFuture<Listening>> asked = new ArrayList<>();
    private List<String> wanted = List.of();
    private @Nullable Problem refused;
    private Timers.@Nullable Timeout retry;

    /**
     * @param accepted takes each accepted connection over; not registered with a loop yet
     * @param changed told when a retry changed something
     */
    OpenPortListener(
            PortNumber port,
            EventLoop loop,
            Timers timers,
            Consumer<SocketChannel> accepted,
            Consumer<Listening> changed) {
        this.port = port;
        this.loop = loop;
        this.timers = timers;
        this.accepted = accepted;
        this.changed = changed;
    }

    /** Listens on these addresses and on no others. @return completes when each was tried once */
    CompletableFuture<Listening> listen(List<String> addresses) {
        wanted = addresses;
        refused = null;
        waiting.keySet().retainAll(addresses);
        Map.copyOf(sockets).forEach((address, socket) -> {
            if (!addresses.contains(address)) {
                sockets.remove(address);
                socket.close();
            }
        });
        CompletableFuture<Listening> result = new CompletableFuture<>();
        asked.add(result);
        addresses.forEach(this::bind);
        settle();
        return result;
    }

    /** Closes every socket; {@link #listen} opens them again. */
    void close() {
        wanted = List.of();
        waiting.clear();
        sockets.values().forEach(Channel::close);
        sockets.clear();
        Timers.Timeout timeout = retry;
        if (timeout != null) {
            timeout.cancel();
            retry = null;
        }
    }

    private void bind(String address) {
        if (sockets.containsKey(address) || !binding.add(address)) {
            return;
        }
        InetSocketAddress where = address.equals(BindAddresses.ALL)
                ? new InetSocketAddress(port.value())
                : new InetSocketAddress(InetAddress.ofLiteral(address), port.value());
        ServerSocketChannel socket = newSocket(address, where.getAddress());
        socket.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        socket.config().setOption(ChannelOption.SO_REUSEADDR, true);
        socket.pipeline().addLast(new Acceptor());
        loop.register(socket).addListener(registered -> {
            if (registered.isSuccess()) {
                socket.bind(where).addListener(bound -> tried(address, socket, bound.cause()));
            } else {
                tried(address, socket, registered.cause());
            }
        });
    }

    /** All addresses: one socket for both families where the host has both, else for the one that it has. */
    private static ServerSocketChannel newSocket(String address, InetAddress where) {
        if (!Epoll.isAvailable()) {
            return new NioServerSocketChannel();
        }
        boolean ipv4 = !address.equals(BindAddresses.ALL) && where instanceof Inet4Address;
        return ipv4 ? new EpollServerSocketChannel(SocketProtocolFamily.INET) : new EpollServerSocketChannel();
    }

    private void tried(String address, Channel socket, @Nullable Throwable failure) {
        binding.remove(address);
        boolean stillWanted = wanted.contains(address);
        if (failure == null && stillWanted) {
            sockets.put(address, socket);
            waiting.remove(address);
        } else {
            socket.close();
        }
        if (failure != null && stillWanted) {
            failed(address, failure);
        }
        settle();
    }

    private void failed(String address, Throwable failure) {
        String shown = address.equals(BindAddresses.ALL) ? "all addresses" : address;
        String words = String.valueOf(failure.getMessage());
        int errno = failure instanceof Errors.NativeIoException io ? io.expectedErr() : 0;
        if (errno == EACCES || words.contains("Permission denied")) {
            refused = Fault.PORT_NOT_BINDABLE.problem("port", port);
        } else if (errno == EADDRINUSE || words.contains("in use")) {
            waiting.put(address, Fault.PORT_WAITING.problem("port", port, "address", shown));
        } else {
            waiting.put(address, Fault.PORT_ADDRESS_MISSING.problem("port", port, "address", shown, "detail", words));
        }
    }

    /** Once every address was tried: tells those who asked, and tries again later what waits. */
    private void settle() {
        if (!binding.isEmpty()) {
            return;
        }
        Listening result = result();
        if (result instanceof Listening.Refused) {
            close();
        } else if (!waiting.isEmpty() && retry == null) {
            retry = timers.schedule(loop, RETRY, this::tryAgain);
        }
        boolean retried = asked.isEmpty();
        List<CompletableFuture<Listening>> all = List.copyOf(asked);
        asked.clear();
        all.forEach(each -> each.complete(result));
        if (retried && !wanted.isEmpty()) {
            changed.accept(result);
        }
    }

    private void tryAgain() {
        retry = null;
        List.copyOf(waiting.keySet()).forEach(this::bind);
    }

    private Listening result() {
        Problem no = refused;
        if (no != null) {
            return new Listening.Refused(no);
        }
        if (!waiting.isEmpty()) {
            return new Listening.Waiting(waiting.values().iterator().next());
        }
        return new Listening.Open(sockets.keySet().stream().map(this::shown).toList(), warnings());
    }

    private List<Problem> warnings() {
        List<Problem> warnings = new ArrayList<>();
        OutgoingRange.holding(port)
                .ifPresent(range -> warnings.add(Fault.PORT_OUTGOING_RANGE.problem("port", port, "range", range)));
        if (sockets.containsKey(BindAddresses.ALL) && ipv4Alone()) {
            warnings.add(Fault.FAMILY_MISSING.problem(
                    "address", "[::]:" + port, "detail", "it has no IPv6, so that the port listens on IPv4 alone"));
        }
        return warnings;
    }

    private String shown(String address) {
        if (address.equals(BindAddresses.ALL)) {
            return (ipv4Alone() ? "0.0.0.0:" : "[::]:") + port;
        }
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    /** The socket for all addresses has those of IPv4 alone where the host lacks IPv6. */
    private boolean ipv4Alone() {
        Channel all = sockets.get(BindAddresses.ALL);
        return all != null
                && all.localAddress() instanceof InetSocketAddress bound
                && bound.getAddress() instanceof Inet4Address;
    }

    /** Hands each accepted socket over. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            accepted.accept((SocketChannel) message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // No file descriptor left: pause, so that the loop does not spin on the same connection.
            context.channel().config().setAutoRead(false);
            timers.schedule(loop, RETRY, () -> context.channel().config().setAutoRead(true));
        }
    }
}
