package sallyport.gateway.tunnel;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of the data plane and the socket classes that belong to them: epoll, or NIO where epoll is missing. The
 * one place where data-plane threads are born; they are named {@code sallyport-loop-N-M}.
 */
public final class EventLoops implements AutoCloseable {
    private static final Duration QUIET = Duration.ZERO;
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    private final EventLoopGroup group;

    /** @param threads number of loops, at least 1 */
    public EventLoops(int threads) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("sallyport-loop"), io);
    }

    /**
     * One loop for two cores: a visitor's socket, its stream and the SSH session then share a thread more often than not,
     * and the other core is left to the kernel and the handshakes.
     */
    public static int defaultThreads() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    public EventLoopGroup group() {
        return group;
    }

    /** The class of listening sockets for {@link #group}. */
    public static Class<? extends ServerSocketChannel> serverSocket() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** The class of connected sockets for {@link #group}. */
    public static Class<? extends SocketChannel> socket() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** {@code epoll} or {@code NIO}. */
    public static String transport() {
        return Epoll.isAvailable() ? "epoll" : "NIO";
    }

    /** Bytes of direct memory that Netty holds besides the JVM's own count; any thread. */
    public static long directMemory() {
        return Math.max(0, PlatformDependent.usedDirectMemory());
    }

    /** Ends the loops within 5 s; blocking. */
    @Override
    public void close() {
        group.shutdownGracefully(QUIET.toMillis(), LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LONGEST_STOP.toMillis());
    }
}
