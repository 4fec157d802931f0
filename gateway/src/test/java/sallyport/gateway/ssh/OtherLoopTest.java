package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.WindowBudget;

/** A stream whose visitor lives on another loop than the session, through a stock client to a real socket and back. */
class OtherLoopTest {
    private static final PortNumber PORT = new PortNumber(55443);
    private static final int SIZE = 12 << 20;

    @TempDir
    Path folder;

    private final byte[] blob = new byte[SIZE];
    private final CompletableFuture<String> heard = new CompletableFuture<>();
    private ServerSocket service;
    private DoorFixture door;
    private Program ssh;
    private Tunnel tunnel;

    @BeforeEach
    void open() throws Exception {
        new Random(3).nextBytes(blob);
        service = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ClientKey key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder, new SystemTimers(), 3);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443));
        ssh = door.ssh(key, "-N", "-R", "55443:127.0.0.1:" + service.getLocalPort(), "mm@127.0.0.1");
        door.awaitOffer(55443);
        tunnel = door.tunnels.find(PORT).orElseThrow().tunnel();
    }

    @AfterEach
    void shut() throws IOException {
        ssh.close();
        door.close();
        service.close();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String expected() {
        return HexFormat.of().formatHex(sha256().digest(blob));
    }

    /** Hears everything to the end of file, and only then says everything and ends. */
    private void hearThenSpeak() {
        try (Socket socket = service.accept()) {
            MessageDigest digest = sha256();
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[64 << 10];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                digest.update(piece, 0, n);
            }
            heard.complete(HexFormat.of().formatHex(digest.digest()));
            socket.getOutputStream().write(blob);
        } catch (IOException e) {
            heard.completeExceptionally(e);
        }
    }

    /** The visitor's end of the stream. On the stream's loop; the test only looks. */
    private static final class Visitor extends SimpleChannelInboundHandler<ByteBuf> {
        final AtomicLong bytes = new AtomicLong();
        final CompletableFuture<String> complete = new CompletableFuture<>();
        private final MessageDigest digest = sha256();

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf piece) {
            bytes.addAndGet(piece.readableBytes());
            digest.update(piece.nioBuffer());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                complete.complete(HexFormat.of().formatHex(digest.digest()));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            complete.complete("cut");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
            complete.complete(reset.toString());
        }
    }

    private EventLoop otherLoop() {
        EventLoop loop = door.loops.group().next();
        while (loop == tunnel.loop()) {
            loop = door.loops.group().next();
        }
        return loop;
    }

    @Test
    void bytesHalfCloseAndBackPressureCrossFromLoopToLoop() throws Exception {
        Thread.ofVirtual().start(this::hearThenSpeak);
        Visitor visitor = new Visitor();
        Future<DuplexChannel> opening = door.tunnels.open(
                new DeviceName("mm"),
                new StreamRequest(PORT, new InetSocketAddress("192.0.2.1", 4000), otherLoop(), visitor));
        assertThat(opening.await(10_000)).isTrue();
        DuplexChannel stream = opening.getNow();
        assertThat(stream.eventLoop()).isNotSameAs(tunnel.loop());

        stream.config().setAutoRead(false);
        stream.writeAndFlush(Unpooled.wrappedBuffer(blob));
        stream.shutdownOutput();
        assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo(expected());

        long before = Awaitility.await()
                .during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> tunnel.figures().bytesIn(), new Unchanged()::test);
        assertThat(before)
                .as("a visitor who does not read")
                .isPositive()
                .isLessThanOrEqualTo(WindowBudget.STREAM_FIRST);
        assertThat(visitor.complete).isNotDone();

        stream.config().setAutoRead(true);
        assertThat(visitor.complete.get(30, TimeUnit.SECONDS)).isEqualTo(expected());
        assertThat(visitor.bytes).hasValue(SIZE);
        assertThat(ssh.running()).isTrue();
    }

    /** True when a figure is what it was when it was looked at last, and is not zero. */
    private static final class Unchanged {
        private long last;

        boolean test(long now) {
            boolean same = now == last && now > 0;
            last = now;
            return same;
        }
    }
}
