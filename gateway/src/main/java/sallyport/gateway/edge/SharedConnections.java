package sallyport.gateway.edge;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.time.Timers;

/**
 * Idle connections to devices that serve whichever visitor comes next, where the operator allows it for a hostname (option
 * {@code share-connections}). A connection stays on its event loop, so every loop has a shelf of its own. Any thread.
 */
final class SharedConnections implements DirectoryHolder.Subscriber {
    private final Timers timers;
    private final ConcurrentMap<EventLoop, Shelf> shelves = new ConcurrentHashMap<>();

    SharedConnections(Timers timers) {
        this.timers = timers;
    }

    /** To be used on that loop alone. */
    Shelf on(EventLoop loop) {
        return shelves.computeIfAbsent(loop, its -> new Shelf(its, timers));
    }

    /** What leads elsewhere by now, or may not be shared any more, ends. */
    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        shelves.forEach((loop, shelf) -> loop.execute(() -> shelf.keep(now)));
        return CompletableFuture.completedFuture(null);
    }
}
