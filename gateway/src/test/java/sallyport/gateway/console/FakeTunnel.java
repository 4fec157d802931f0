package sallyport.gateway.console;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Instant;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.TunnelFigures;
import sallyport.gateway.tunnel.TunnelPeer;

/** A tunnel that carries nothing: the console only looks at it. */
record FakeTunnel(long id, DeviceName device, TunnelPeer peer, TunnelFigures figures) implements Tunnel {
    static FakeTunnel of(String device, TunnelFigures figures) {
        return new FakeTunnel(
                1,
                new DeviceName(device),
                new TunnelPeer(
                        KeyFingerprint.of(new byte[] {1}),
                        "mmremote",
                        "SSH-2.0-OpenSSH_9.2",
                        "curve25519-sha256",
                        new InetSocketAddress("192.0.2.7", 50022),
                        Instant.parse("2026-11-25T08:00:00Z")),
                figures);
    }

    static FakeTunnel of(String device) {
        return of(device, new TunnelFigures(2, 1000, 500, 21, 0));
    }

    @Override
    public EventLoop loop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<DuplexChannel> open(StreamRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void portLost(PortNumber port) {}

    @Override
    public void close(Problem why) {}
}
