package sallyport.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how the gateway is doing (sd_notify(3)): one datagram of {@code NAME=VALUE} lines to the
 * socket that {@code NOTIFY_SOCKET} names. Without that variable, or without epoll, it does nothing. Blocking, for the
 * threads that start and stop the gateway.
 */
final class SystemdNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);

    private final EventLoopGroup loops;
    private final Optional<String> socket;

    /** @param socket the value of NOTIFY_SOCKET: a path, or {@code @NAME} for an abstract socket */
    SystemdNotifier(EventLoopGroup loops, Optional<String> socket) {
        this.loops = loops;
        this.socket = socket.filter(path -> !path.isEmpty() && Epoll.isAvailable());
    }

    void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    void stopping() {
        send("STOPPING=1");
    }

    /** The gateway stops, which takes longer than usual: it must not be killed within this time. */
    void stopping(Duration within, String status) {
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + TimeUnit.MICROSECONDS.convert(within) + "\nSTATUS=" + status);
    }

    private void send(String state) {
        if (socket.isEmpty()) {
            return;
        }
        String path = socket.get().startsWith("@") ? "\0" + socket.get().substring(1) : socket.get();
        Channel channel = null;
        try {
            channel = new Bootstrap()
                    .group(loops)
                    .channel(EpollDomainDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(new DomainSocketAddress(path))
                    .sync()
                    .channel();
            channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8))
                    .sync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("The service manager at {} could not be told \"{}\": {}", path, state, e.toString());
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
