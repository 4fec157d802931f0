package sallyport.gateway.edge;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.TunnelFigures;
import sallyport.gateway.tunnel.TunnelPeer;

/** A tunnel whose streams are TCP connections to a web server on loopback. */
final class LoopbackTunnel implements Tunnel {
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final DeviceName device;
    private final EventLoop loop;
    private final Map<PortNumber, InetSocketAddress> targets;
    private final Set<DuplexChannel> streams = ConcurrentHashMap.newKeySet();
    private final AtomicLong opened = new AtomicLong();

    LoopbackTunnel(DeviceName device, EventLoop loop, Map<PortNumber, InetSocketAddress> targets) {
        this.device = device;
        this.loop = loop;
        this.targets = targets;
    }

    /** Streams opened so far. */
    long opened() {
        return opened.get();
    }

    int open() {
        return streams.size();
    }

    /** The session is gone: its streams are reset. */
    void cut() {
        streams.forEach(stream -> {
            stream.config().setOption(ChannelOption.SO_LINGER, 0);
            stream.close();
        });
    }

    @Override
    public Future<DuplexChannel> open(StreamRequest request) {
        Promise<DuplexChannel> promise = request.loop().newPromise();
        InetSocketAddress target = targets.get(request.port());
        new Bootstrap()
                .group(request.loop())
                .channel(EventLoops.socket())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(request.handler())
                .connect(target)
                .addListener((io.netty.channel.ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        DuplexChannel stream = (DuplexChannel) connected.channel();
                        opened.incrementAndGet();
                        streams.add(stream);
                        stream.closeFuture().addListener(closed -> streams.remove(stream));
                        promise.setSuccess(stream);
                    } else {
                        promise.setFailure(
                                new StreamRefused(StreamRefused.Reason.REFUSED, Fault.WEB_SERVER_DOWN.problem()));
                    }
                });
        return promise;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public DeviceName device() {
        return device;
    }

    @Override
    public TunnelPeer peer() {
        return new TunnelPeer(
                KeyFingerprint.of(new byte[] {1}),
                "mm",
                "SSH-2.0-test",
                "curve25519-sha256",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                Instant.EPOCH);
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public void portLost(PortNumber port) {
        cut();
    }

    @Override
    public void close(Problem why) {
        cut();
    }

    @Override
    public TunnelFigures figures() {
        return new TunnelFigures(streams.size(), 0, 0, -1, 0);
    }
}
