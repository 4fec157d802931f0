package sallyport.gateway.ssh;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.Doorstep;

/** An SSH server on our transport that lets every key in and runs {@code cat}: what the transport alone is tested with. */
final class TestFrontDoor implements SessionEvents, AutoCloseable {
    final AtomicBoolean legacy = new AtomicBoolean();
    final Queue<GatewaySession> sessions = new ConcurrentLinkedQueue<>();
    final Queue<String> loginThreads = new ConcurrentLinkedQueue<>();
    final Queue<Problem> refused = new ConcurrentLinkedQueue<>();
    final SystemTimers timers = new SystemTimers();
    final SshServer server = SshServer.setUpDefaultServer();
    private final EventLoopGroup loops;
    private final NettyTransport transport;

    TestFrontDoor(List<KeyPair> hostKeys) throws IOException {
        this(hostKeys, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    TestFrontDoor(List<KeyPair> hostKeys, IoHandlerFactory io) throws IOException {
        loops = new MultiThreadIoEventLoopGroup(2, io);
        transport = new NettyTransport(loops, Doorstep.PLAIN, timers, this);
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setIoServiceFactoryFactory(transport);
        server.setSessionFactory(new GatewaySessionFactory(server, this, timers, legacy::get));
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
        server.setPublickeyAuthenticator((user, key, session) -> true);
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        server.setCommandFactory((channel, command) -> new Cat(command));
        CoreModuleProperties.MAX_PACKET_SIZE.set(server, 131_072L);
        server.start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void loggedIn(GatewaySession session) {
        loginThreads.add(Thread.currentThread().getName());
        sessions.add(session);
    }

    @Override
    public void turnedAway(InetSocketAddress from, String client, Problem why) {
        refused.add(why);
    }

    @Override
    public void close() throws IOException {
        server.close(true).await(Duration.ofSeconds(5));
        transport.close();
        loops.shutdownGracefully(0, 2, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
        timers.close();
    }

    /** {@code cat}: what comes in goes out; {@code zeros N}: N bytes go out. */
    private static final class Cat extends AbstractCommandSupport {
        Cat(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try (OutputStream out = getOutputStream()) {
                if (getCommand().startsWith("zeros ")) {
                    byte[] block = new byte[1 << 16];
                    for (long left = Long.parseLong(getCommand().substring(6)); left > 0; left -= block.length) {
                        out.write(block, 0, (int) Math.min(left, block.length));
                    }
                } else {
                    getInputStream().transferTo(out);
                }
                out.flush();
                onExit(0);
            } catch (IOException e) {
                onExit(1, e.getMessage());
            }
        }
    }
}
