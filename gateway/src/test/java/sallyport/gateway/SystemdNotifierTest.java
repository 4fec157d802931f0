package sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.tunnel.EventLoops;

@EnabledOnOs(value = OS.LINUX, disabledReason = "systemd and its datagram socket exist on Linux alone")
final class SystemdNotifierTest {
    private final BlockingQueue<String> received = new ArrayBlockingQueue<>(4);

    @Test
    void says_ready_and_stopping_to_the_socket_that_systemd_named(@TempDir Path folder) throws Exception {
        String socket = folder.resolve("notify").toString();
        try (EventLoops loops = new EventLoops(1)) {
            Channel systemd = listen(loops, socket);
            SystemdNotifier notifier = new SystemdNotifier(loops.group(), Optional.of(socket));
            notifier.ready("3 devices");
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("READY=1\nSTATUS=3 devices");
            notifier.stopping();
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("STOPPING=1");
            notifier.stopping(Duration.ofMinutes(16), "Waits for 1 guarded uploads");
            assertThat(received.poll(5, TimeUnit.SECONDS))
                    .isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=960000000\nSTATUS=Waits for 1 guarded uploads");
            systemd.close().sync();
        }
    }

    @Test
    void speaks_to_abstract_sockets_too() throws Exception {
        String name = "sallyport-test-" + ProcessHandle.current().pid();
        try (EventLoops loops = new EventLoops(1)) {
            Channel systemd = listen(loops, "\0" + name);
            new SystemdNotifier(loops.group(), Optional.of("@" + name)).stopping();
            assertThat(received.poll(5, TimeUnit.SECONDS)).isEqualTo("STOPPING=1");
            systemd.close().sync();
        }
    }

    private Channel listen(EventLoops loops, String path) throws InterruptedException {
        return new Bootstrap()
                .group(loops.group())
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        received.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(path))
                .sync()
                .channel();
    }
}
