package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.MemoryStream;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.TunnelFigures;
import sallyport.gateway.tunnel.TunnelPeer;

/** A tunnel of {@link OpenPortFixture#DEVICE} whose streams end in memory. */
final class MemoryTunnel implements Tunnel {
    private final EventLoop loop;
    final BlockingQueue<MemoryStream> streams = new LinkedBlockingQueue<>();

    MemoryTunnel(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public DeviceName device() {
        return OpenPortFixture.DEVICE;
    }

    @Override
    public TunnelPeer peer() {
        return new TunnelPeer(
                new KeyFingerprint("SHA256:" + "A".repeat(43)),
                "mm",
                "SSH-2.0-OpenSSH_9.2",
                "curve25519-sha256",
                new InetSocketAddress("192.0.2.10", 1000),
                Instant.EPOCH);
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public Future<DuplexChannel> open(StreamRequest request) {
        MemoryStream stream = new MemoryStream(loop, request.loop(), request.handler());
        streams.add(stream);
        return request.loop().newSucceededFuture(stream.channel());
    }

    @Override
    public void portLost(PortNumber number) {
        throw new AssertionError(number);
    }

    @Override
    public void close(Problem why) {
        throw new AssertionError(why);
    }

    @Override
    public TunnelFigures figures() {
        return new TunnelFigures(0, 0, 0, -1, 0);
    }

    MemoryStream next() throws InterruptedException {
        MemoryStream stream = streams.poll(5, TimeUnit.SECONDS);
        assertThat(stream).isNotNull();
        return stream;
    }
}
