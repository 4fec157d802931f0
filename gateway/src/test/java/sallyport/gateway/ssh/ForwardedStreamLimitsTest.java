package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.SessionEnded;
import sallyport.gateway.time.HandTimers;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.WindowBudget;

/** Streams against a device that answers late or breaks the rules of RFC 4254 section 5.2 (C5, C7). */
class ForwardedStreamLimitsTest {
    private static final PortNumber PORT = new PortNumber(55443);
    private static final int DEVICE_NUMBER = 4711;

    @TempDir
    Path folder;

    private final HandTimers timers = new HandTimers();
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private DoorFixture door;
    private PacketClient client;
    private Tunnel tunnel;

    @BeforeEach
    void open() throws Exception {
        ClientKey key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder, timers, 1);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443));
        client = PacketClient.loggedIn(door, key);
        assertThat(client.forward(55443)).isTrue();
        tunnel = door.tunnels.find(PORT).orElseThrow().tunnel();
    }

    @AfterEach
    void shut() {
        client.close();
        door.close();
    }

    private Future<DuplexChannel> visit() {
        return door.tunnels.open(
                new DeviceName("mm"),
                new StreamRequest(
                        PORT,
                        new InetSocketAddress("192.0.2.1", 4000),
                        tunnel.loop(),
                        new SimpleChannelInboundHandler<ByteBuf>() {
                            @Override
                            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                                received.add(bytes.toString(StandardCharsets.US_ASCII));
                            }

                            @Override
                            public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
                                context.close();
                            }
                        }));
    }

    /** The gateway's number for the channel that it asks for. */
    private long expectOpen() throws InterruptedException {
        Buffer open = client.expect(SshConstants.SSH_MSG_CHANNEL_OPEN);
        assertThat(open.getString()).isEqualTo("forwarded-tcpip");
        return open.getUInt();
    }

    private void confirm(long channel, long window) throws Exception {
        client.send(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION, packet -> {
            packet.putUInt(channel);
            packet.putUInt(DEVICE_NUMBER);
            packet.putUInt(window);
            packet.putUInt(1 << 15);
        });
    }

    private long connected(long window) throws Exception {
        Future<DuplexChannel> stream = visit();
        long channel = expectOpen();
        confirm(channel, window);
        assertThat(stream.await(10_000)).isTrue();
        assertThat(stream.isSuccess()).isTrue();
        return channel;
    }

    private void sendData(long channel, int bytes) throws Exception {
        client.send(SshConstants.SSH_MSG_CHANNEL_DATA, packet -> {
            packet.putUInt(channel);
            packet.putBytes(new byte[bytes]);
        });
    }

    @Test
    void aConfirmationAfterTheDeadlineIsClosedAndNotLeaked() throws Exception {
        Future<DuplexChannel> stream = visit();
        long channel = expectOpen();
        timers.advance(ForwardedStreams.OPEN_DEADLINE.minusMillis(1));
        client.roundTrip();
        assertThat(stream.isDone()).isFalse();
        timers.advance(Duration.ofMillis(1));
        assertThat(stream.await(10_000)).isTrue();
        assertThat(((StreamRefused) stream.cause()).reason()).isEqualTo(StreamRefused.Reason.TIMEOUT);

        confirm(channel, 1 << 20);
        assertThat(client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE).getUInt()).isEqualTo(DEVICE_NUMBER);
        sendData(channel, 100);
        client.send(SshConstants.SSH_MSG_CHANNEL_CLOSE, packet -> packet.putUInt(channel));
        client.roundTrip();
        assertThat(tunnel.figures().streams()).isZero();
        connected(1 << 20);
    }

    @Test
    void channelsThatAreNeverAnsweredFillTheSessionUntilOneIsClosedAfterAll() throws Exception {
        long first = -1;
        for (int open = 0; open < ForwardedStreams.MAX_STREAMS; open++) {
            visit();
            long channel = expectOpen();
            first = first < 0 ? channel : first;
            if (open % 128 == 127) {
                timers.advance(ForwardedStreams.OPEN_DEADLINE);
                client.roundTrip();
            }
        }
        Future<DuplexChannel> tooMany = visit();
        assertThat(tooMany.await(10_000)).isTrue();
        assertThat(((StreamRefused) tooMany.cause()).reason()).isEqualTo(StreamRefused.Reason.LIMIT);

        confirm(first, 1 << 20);
        client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
        long closed = first;
        client.send(SshConstants.SSH_MSG_CHANNEL_CLOSE, packet -> packet.putUInt(closed));
        client.roundTrip();
        connected(1 << 20);
    }

    @Test
    void aWindowThatGrowsBeyond32BitsEndsTheSession() throws Exception {
        long channel = connected(0xffff_ffffL);
        client.send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, packet -> {
            packet.putUInt(channel);
            packet.putUInt(1);
        });
        assertThat(client.awaitDisconnect()).startsWith("Protocol error");
        door.await(SessionEnded.class);
    }

    @Test
    void dataBeyondTheWindowEndsTheSession() throws Exception {
        Future<DuplexChannel> stream = visit();
        long channel = expectOpen();
        confirm(channel, 1 << 20);
        assertThat(stream.await(10_000)).isTrue();
        stream.getNow().config().setAutoRead(false);
        client.roundTrip();
        for (int sent = 0; sent < WindowBudget.STREAM_FIRST; sent += 1 << 15) {
            sendData(channel, 1 << 15);
        }
        client.roundTrip();
        assertThat(client.connected()).as("a full window").isTrue();
        sendData(channel, 1 << 15);
        assertThat(client.awaitDisconnect()).startsWith("Protocol error");
        door.await(SessionEnded.class);
    }

    @Test
    void extendedDataIsDrainedWithCreditAndNeverReachesTheVisitor() throws Exception {
        long channel = connected(1 << 20);
        for (int sent = 0; sent < 3 * WindowBudget.STREAM_FIRST; sent += 1 << 15) {
            client.send(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, packet -> {
                packet.putUInt(channel);
                packet.putInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
                packet.putBytes(new byte[1 << 15]);
            });
            client.roundTrip();
        }
        Buffer credit = client.expect(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST);
        assertThat(credit.getUInt()).isEqualTo(DEVICE_NUMBER);
        assertThat(credit.getUInt()).isPositive();
        client.send(SshConstants.SSH_MSG_CHANNEL_DATA, packet -> {
            packet.putUInt(channel);
            packet.putBytes("plain".getBytes(StandardCharsets.US_ASCII));
        });
        Awaitility.await().untilAsserted(() -> assertThat(received).containsExactly("plain"));
    }

    @Test
    void aWindowOfOneByteIsHonoured() throws Exception {
        Future<DuplexChannel> stream = visit();
        long channel = expectOpen();
        confirm(channel, 0);
        assertThat(stream.await(10_000)).isTrue();
        stream.getNow().writeAndFlush(Unpooled.copiedBuffer("ab", StandardCharsets.US_ASCII));
        client.roundTrip();
        assertThat(client.nothingCame()).isTrue();
        for (String letter : new String[] {"a", "b"}) {
            client.send(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, packet -> {
                packet.putUInt(channel);
                packet.putUInt(1);
            });
            Buffer data = client.expect(SshConstants.SSH_MSG_CHANNEL_DATA);
            data.getUInt();
            assertThat(data.getString()).isEqualTo(letter);
        }
    }
}
