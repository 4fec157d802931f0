package sallyport.gateway.ssh;

import io.netty.channel.EventLoopGroup;
import org.apache.sshd.common.Factory;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.IoServiceFactoryFactory;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Doorstep;

/**
 * What MINA is given instead of its own sockets: Netty channels on loops that are shared with the edge. The kind of channel
 * (epoll or NIO) follows the loops.
 *
 * <p>Owns the {@link HandshakeExecutor}; the loops belong to the caller.
 */
final class NettyTransport implements IoServiceFactoryFactory, AutoCloseable {
    private final EventLoopGroup loops;
    private final Doorstep doorstep;
    private final Timers timers;
    private final SessionEvents events;
    private final HandshakeExecutor handshakes = new HandshakeExecutor();

    /**
     * @param loops where sessions live
     * @param doorstep finds out where a peer is
     * @param timers for the login deadline
     * @param events hears of connections that are turned away
     */
    NettyTransport(EventLoopGroup loops, Doorstep doorstep, Timers timers, SessionEvents events) {
        this.loops = loops;
        this.doorstep = doorstep;
        this.timers = timers;
        this.events = events;
    }

    @Override
    public IoServiceFactory create(FactoryManager manager) {
        return new ServiceFactory(identification(manager));
    }

    /** Our first line, as MINA composes it (RFC 4253 section 4.2). */
    private static String identification(FactoryManager manager) {
        String software = manager.getString(CoreModuleProperties.SERVER_IDENTIFICATION.getName());
        return SessionContext.DEFAULT_SSH_VERSION_PREFIX
                + (software == null || software.isEmpty() ? manager.getVersion() : software);
    }

    @Override
    public void setExecutorServiceFactory(Factory<CloseableExecutorService> factory) {
        // there is no executor to make: the loops are given
    }

    /** Ends the handshake threads. Call when the SSH server is stopped. */
    @Override
    public void close() {
        handshakes.close();
    }

    private final class ServiceFactory extends AbstractCloseable implements IoServiceFactory {
        private final String identification;
        private @Nullable IoServiceEventListener listener;

        ServiceFactory(String identification) {
            this.identification = identification;
        }

        @Override
        public IoAcceptor createAcceptor(IoHandler handler) {
            return new NettyIoAcceptor(loops, doorstep, timers, events, handshakes, identification, handler);
        }

        @Override
        public IoConnector createConnector(IoHandler handler) {
            throw new UnsupportedOperationException("the gateway is dialled, it never dials");
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
    }
}
