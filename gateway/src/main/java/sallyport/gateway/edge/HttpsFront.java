package sallyport.gateway.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.gateway.cert.CertificateSource;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Option 2: visitors come in by name over TLS. {@link #start} and {@link #stop} block and are for control-plane threads;
 * everything else happens on the event loops.
 */
public final class HttpsFront {
    /** The front's name in events. */
    static final String NAME = "https";

    /** Bytes that may wait for one visitor's socket before its device is no longer read, and when it is read again. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    private static final int BACKLOG = 4096;
    private static final int SELF_BYTES = 6;
    private static final Duration STOP_POLL = Duration.ofMillis(20);

    private final FrontSettings settings;
    private final EventLoopGroup loops;
    private final GatewayEvents events;
    private final Front front;
    private final Listeners listeners;
    private final Set<Channel> visitors = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    public HttpsFront(
            FrontSettings settings,
            EventLoopGroup loops,
            DirectoryHolder directory,
            Tunnels tunnels,
            CertificateSource certificates,
            DeviceSpeech speech,
            Uploads uploads,
            Timers timers,
            GatewayEvents events) {
        this.settings = settings;
        this.loops = loops;
        this.events = events;
        TlsContexts tls = new TlsContexts();
        DevicePins pins = new DevicePins(events);
        DevicePlaces places = new DevicePlaces(timers, events);
        SharedConnections shared = new SharedConnections(timers);
        OfferedVersions versions = new OfferedVersions(events, timers);
        LiveVisitors live = new LiveVisitors();
        this.front = new Front(
                new AccessRules(directory, settings.console()),
                new DeviceConnector(
                        tunnels,
                        speech,
                        new DeviceContexts(pins),
                        settings.deadlines().handshake(),
                        timers,
                        events),
                places,
                shared,
                versions,
                tunnels,
                new Certificates(certificates, tls),
                live,
                new DeadEnds(events, timers),
                uploads,
                visitors,
                settings.proxies(),
                settings.ssh(),
                timers,
                events,
                settings.deadlines(),
                selfName(),
                settings.publicPort(),
                () -> draining);
        this.listeners = new Listeners();
        directory.subscribe(live);
        directory.subscribe(pins);
        directory.subscribe(places);
        directory.subscribe(shared);
        directory.subscribe(versions);
    }

    /** A name in Via that no other gateway has, and that says nothing about this one. */
    private static String selfName() {
        byte[] random = new byte[SELF_BYTES];
        new SecureRandom().nextBytes(random);
        return "sallyport-" + HexFormat.of().formatHex(random);
    }

    /**
     * Listens.
     *
     * @return where, in the order of the settings
     * @throws sallyport.gateway.fault.ProblemException {@code LISTEN_FAILED}, in words; then nothing is open
     */
    public List<InetSocketAddress> start() {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(EventLoops.serverSocket())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        return listeners.open(bootstrap, settings.listen());
    }

    private void accept(Channel channel) {
        if (visitors.size() >= settings.maxVisitors()) {
            events.happened(new GatewayEvent.VisitorRefused(
                    NAME,
                    (InetSocketAddress) channel.remoteAddress(),
                    Optional.empty(),
                    Fault.TOO_MANY_VISITORS.problem("limit", settings.maxVisitors())));
            channel.close();
            return;
        }
        visitors.add(channel);
        channel.closeFuture().addListener(closed -> visitors.remove(channel));
        settings.doorstep().enter((SocketChannel) channel, peer -> Pipelines.hello(channel, front, peer));
    }

    /** Whose TLS visitors and devices meet: {@code BoringSSL} or {@code JDK}. */
    public static String tlsProvider() {
        return TlsContexts.provider();
    }

    /** The groups of key exchange that visitors are offered (RFC 8446 section 4.2.7), the best first. */
    public static List<String> tlsGroups() {
        return TlsContexts.groups();
    }

    /** Connections at this moment. */
    public int visitors() {
        return visitors.size();
    }

    /**
     * Accepts nobody any more, lets what is under way finish within {@code grace}, then ends the rest. Returns when no
     * connection is left.
     */
    public void stop(Duration grace) throws InterruptedException {
        draining = true;
        listeners.close();
        visitors.forEach(channel -> channel.pipeline().fireUserEventTriggered(ProxyHandler.DRAIN));
        long end = System.nanoTime() + grace.toNanos();
        while (!visitors.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(STOP_POLL);
        }
        for (Channel channel : List.copyOf(visitors)) {
            channel.eventLoop().execute(() -> Closing.abort(channel));
            channel.closeFuture().await();
        }
    }
}
