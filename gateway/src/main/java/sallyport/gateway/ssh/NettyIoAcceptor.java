package sallyport.gateway.ssh;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Doorstep;
import sallyport.gateway.tunnel.SshDoor;

/**
 * The listening sockets of the SSH server. Accepted connections live on one of the loops from their first byte to their
 * last. Binding blocks and belongs to the control plane; the rest runs on loops or, for peers without a login, on the
 * handshake threads.
 */
final class NettyIoAcceptor extends AbstractCloseable implements IoAcceptor, SshDoor, Strangers.Displaced {
    private static final int BACKLOG = 4096;

    /** Unacknowledged data for so long means a dead peer. */
    private static final int USER_TIMEOUT_MILLIS = 30_000;

    private final SessionEvents events;
    private final HandshakeExecutor handshakes;
    private final String identification;
    private final IoHandler handler;
    private final Doorstep doorstep;
    private final Strangers strangers;
    private final ServerBootstrap bootstrap;
    private final Map<SocketAddress, Channel> listening = new ConcurrentHashMap<>();
    private final Map<Long, IoSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private @Nullable IoServiceEventListener listener;

    NettyIoAcceptor(
            EventLoopGroup loops,
            Doorstep doorstep,
            Timers timers,
            SessionEvents events,
            HandshakeExecutor handshakes,
            String identification,
            IoHandler handler) {
        this.doorstep = doorstep;
        this.events = events;
        this.handshakes = handshakes;
        this.identification = identification;
        this.handler = handler;
        this.strangers = new Strangers(timers, Strangers.MAX, this);
        this.bootstrap = bootstrap(loops);
    }

    private ServerBootstrap bootstrap(EventLoopGroup loops) {
        boolean epoll = loops instanceof IoEventLoopGroup group && group.isIoType(EpollIoHandler.class);
        ServerBootstrap server = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        doorstep.enter(channel, peer -> enter(channel, peer));
                    }
                });
        return epoll ? server.childOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS) : server;
    }

    @Override
    public void enter(SocketChannel channel, InetSocketAddress peer) {
        channel.config().setAutoRead(false);
        NettyIoSession session = new NettyIoSession(this, handler, ids.incrementAndGet(), channel, peer);
        sessions.put(session.getId(), session);
        strangers.add(session);
        channel.pipeline().addLast(session.new Handler());
    }

    /** Our first line, without its end. */
    String identification() {
        return identification;
    }

    HandshakeExecutor handshakes() {
        return handshakes;
    }

    // what becomes of sessions

    void loggedIn(NettyIoSession session) {
        strangers.remove(session);
        handshakes.loggedIn(session);
    }

    void ended(NettyIoSession session) {
        strangers.remove(session);
        sessions.remove(session.getId());
    }

    void notSsh(NettyIoSession session, String why) {
        turnAway(session, Fault.NOT_SSH.problem("address", session.address(), "detail", why));
    }

    void tooBusy(NettyIoSession session) {
        turnAway(session, Fault.TOO_BUSY.problem());
    }

    @Override
    public void tooLate(NettyIoSession session) {
        turnAway(session, Fault.LOGIN_TIMEOUT.problem("seconds", Strangers.LOGIN_DEADLINE.toSeconds()));
    }

    @Override
    public void tooMany(NettyIoSession session) {
        turnAway(session, Fault.TOO_BUSY.problem());
    }

    private void turnAway(NettyIoSession session, Problem why) {
        if (session.turnedAway()) {
            events.turnedAway(
                    session.getRemoteAddress(),
                    Printable.clean(session.client(), ClientIdentification.MAX_LENGTH),
                    why);
        }
        session.close(true);
    }

    // what MINA asks for

    @Override
    public Map<Long, IoSession> getManagedSessions() {
        return sessions;
    }

    @Override
    public void bind(Collection<? extends SocketAddress> addresses) throws IOException {
        for (SocketAddress address : addresses) {
            bind(address);
        }
    }

    @Override
    public void bind(SocketAddress address) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        listening.put(bound.channel().localAddress(), bound.channel());
    }

    @Override
    public void unbind(Collection<? extends SocketAddress> addresses) {
        addresses.forEach(this::unbind);
    }

    @Override
    public void unbind(SocketAddress address) {
        Channel channel = listening.remove(address);
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
    }

    @Override
    public void unbind() {
        unbind(Set.copyOf(listening.keySet()));
    }

    @Override
    public Set<SocketAddress> getBoundAddresses() {
        return Set.copyOf(listening.keySet());
    }

    @Override
    public @Nullable IoServiceEventListener getIoServiceEventListener() {
        return listener;
    }

    @Override
    public void setIoServiceEventListener(@Nullable IoServiceEventListener newListener) {
        listener = newListener;
    }

    @Override
    protected @Nullable CloseFuture doCloseGracefully() {
        return null;
    }

    @Override
    protected void doCloseImmediately() {
        listening.values().forEach(Channel::close);
        listening.clear();
        sessions.values().forEach(session -> session.close(true));
        super.doCloseImmediately();
    }
}
