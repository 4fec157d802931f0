package sallyport.gateway.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.gateway.cert.ChallengeAnswers;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.EventLoops;

/**
 * Port 80: answers the challenges of certificate authorities, and sends everybody else to the same name, path and query over
 * HTTPS. {@link #start} and {@link #stop} block and are for
 * control-plane threads; requests are answered on the event loops.
 */
public final class RedirectFront {
    /** The front's name in events. */
    static final String NAME = "http";

    private final FrontSettings settings;
    private final EventLoopGroup loops;
    private final AccessRules access;
    private final ChallengeAnswers challenges;
    private final Timers timers;
    private final GatewayEvents events;
    private final Listeners listeners;
    private final Set<Channel> visitors = ConcurrentHashMap.newKeySet();

    public RedirectFront(
            FrontSettings settings,
            EventLoopGroup loops,
            DirectoryHolder directory,
            ChallengeAnswers challenges,
            Timers timers,
            GatewayEvents events) {
        this.settings = settings;
        this.loops = loops;
        this.access = new AccessRules(directory, settings.console());
        this.challenges = challenges;
        this.timers = timers;
        this.events = events;
        this.listeners = new Listeners();
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
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
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
        settings.doorstep()
                .enter(
                        (SocketChannel) channel,
                        peer -> Pipelines.redirect(
                                channel, new RedirectHandler(access, challenges, settings, peer, timers, events)));
    }

    /** Connections at this moment. */
    int visitors() {
        return visitors.size();
    }

    /** Accepts nobody any more and ends every connection: there is nothing to wait for. */
    public void stop() {
        listeners.close();
        visitors.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
