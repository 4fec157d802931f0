package sallyport.gateway.edge;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;

/**
 * The visitors' connections that have found their name, so that a directory that no longer allows one ends it at once.
 * What it may do is asked again with every request; this here is for what is under way. Any thread.
 */
final class LiveVisitors implements DirectoryHolder.Subscriber {
    /** @param address empty while it carries the requests of many */
    private record Live(Hostname hostname, HostnameRoute route, Optional<InetAddress> address) {
        boolean allowedBy(Directory directory) {
            Optional<HostnameRoute> now = directory.findRoute(hostname);
            if (now.isEmpty()
                    || !sameDestination(now.get())
                    || !now.get().options().keepConnectionsOf(route.options())) {
                return false;
            }
            Optional<Device> device = directory.findDevice(route.device());
            return device.isPresent()
                    && device.get().enabled()
                    && device.get().findPort(route.port()).isPresent()
                    && address.map(device.get()::mayBeVisitedFrom).orElse(true);
        }

        private boolean sameDestination(HostnameRoute now) {
            return now.device().equals(route.device()) && now.port().equals(route.port()) && now.tls() == route.tls();
        }
    }

    private final ConcurrentMap<Channel, Live> connections = new ConcurrentHashMap<>();

    /**
     * From now until it closes, the connection lives only as long as the directory allows it. Call before the directory is
     * asked whether the visitor may do something: a change in between then finds the connection here.
     */
    void add(Channel channel, Visitor visitor, HostnameRoute route) {
        put(
                channel,
                new Live(
                        visitor.hostname(), route, Optional.of(visitor.address().getAddress())));
    }

    /** The same for the connection of a proxy: its own address is not judged, those of its {@link #judge visitors} are. */
    void addProxy(Channel channel, Visitor proxy, HostnameRoute route) {
        put(channel, new Live(proxy.hostname(), route, Optional.empty()));
    }

    /** The request on this channel, a proxy's connection or a stream on it, is this visitor's. */
    void judge(Channel channel, Visitor visitor, HostnameRoute route) {
        Live live = new Live(
                visitor.hostname(), route, Optional.of(visitor.address().getAddress()));
        if (connections.replace(channel, live) == null) {
            put(channel, live);
        }
    }

    private void put(Channel channel, Live live) {
        connections.put(channel, live);
        channel.closeFuture().addListener(closed -> connections.remove(channel));
    }

    Collection<Channel> channels() {
        return List.copyOf(connections.keySet());
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        return CompletableFuture.allOf(connections.entrySet().stream()
                .filter(entry -> !entry.getValue().allowedBy(now))
                .map(entry -> end(entry.getKey()))
                .toArray(CompletableFuture<?>[]::new));
    }

    private static CompletableFuture<Void> end(Channel channel) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        channel.closeFuture().addListener(done -> ended.complete(null));
        channel.eventLoop().execute(() -> Closing.abort(channel));
        return ended;
    }
}
