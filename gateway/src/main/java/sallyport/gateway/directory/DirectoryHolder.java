package sallyport.gateway.directory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The one volatile reference to the current {@link Directory}, and the one bridge from the control plane down to the data
 * plane. Reading never blocks. Publishing tells every subscriber, which ends what the new directory no longer allows.
 */
public final class DirectoryHolder {
    /** Someone who holds live things that a new directory may forbid. Called on the publisher's thread; must not block. */
    @FunctionalInterface
    public interface Subscriber {
        /** The stage completes when nothing is alive any more that {@code now} forbids. */
        CompletionStage<?> directoryChanged(Directory before, Directory now);
    }

    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private volatile Directory current;

    public DirectoryHolder(Directory first) {
        current = first;
    }

    public Directory current() {
        return current;
    }

    public void subscribe(Subscriber subscriber) {
        subscribers.add(subscriber);
    }

    /**
     * Swaps the directory. One publisher at a time (the store's single writer).
     *
     * @return completes when every subscriber has applied the change
     */
    public CompletableFuture<Void> publish(Directory now) {
        Directory before = current;
        current = now;
        return CompletableFuture.allOf(subscribers.stream()
                .map(subscriber -> subscriber.directoryChanged(before, now).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }
}
