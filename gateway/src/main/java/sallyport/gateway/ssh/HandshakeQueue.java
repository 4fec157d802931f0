package sallyport.gateway.ssh;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.ssh.HandshakeExecutor.Step;
import sallyport.gateway.ssh.RecentLogins.Source;

/**
 * Steps of logins in the order in which they are worth doing: by rank, within a rank the sources take turns, within a source
 * first come, first served. Thus a flood from one address costs other addresses nothing but one turn.
 *
 * <p>Bounded by the number of connections without a login, since each has one step at most ({@link Strangers}). Not
 * thread-safe.
 */
final class HandshakeQueue {
    /** What speaks for doing a step soon. */
    enum Rank {
        /** The key exchange is done: little is left to do, and much would be lost. */
        KEYED,
        /** The same address and client logged in not long ago. */
        FRIEND,
        STRANGER
    }

    /** A step that waits. */
    record Waiting(Step step, Rank rank, boolean friend, long since) {}

    private final Map<Rank, Map<Source, Deque<Waiting>>> ranks = new EnumMap<>(Rank.class);
    private int size;

    HandshakeQueue() {
        for (Rank rank : Rank.values()) {
            ranks.put(rank, new LinkedHashMap<>());
        }
    }

    int size() {
        return size;
    }

    void add(Source source, Waiting waiting) {
        sources(waiting.rank()).computeIfAbsent(source, _ -> new ArrayDeque<>()).add(waiting);
        size++;
    }

    /** Takes the next step whose rank may run now. */
    @Nullable
    Waiting poll(Predicate<Rank> mayRun) {
        for (Rank rank : Rank.values()) {
            Map<Source, Deque<Waiting>> sources = sources(rank);
            if (!sources.isEmpty() && mayRun.test(rank)) {
                return takeTurn(sources);
            }
        }
        return null;
    }

    private Waiting takeTurn(Map<Source, Deque<Waiting>> sources) {
        Map.Entry<Source, Deque<Waiting>> first = sources.entrySet().iterator().next();
        Source source = first.getKey();
        Deque<Waiting> steps = first.getValue();
        sources.remove(source);
        Waiting next = steps.remove();
        if (!steps.isEmpty()) {
            sources.put(source, steps); // behind the others
        }
        size--;
        return next;
    }

    boolean has(Rank rank) {
        return !sources(rank).isEmpty();
    }

    /** Removes those who waited since before {@code limit}. */
    List<Waiting> expire(long limit) {
        List<Waiting> expired = new ArrayList<>();
        for (Map<Source, Deque<Waiting>> sources : ranks.values()) {
            for (Deque<Waiting> steps : sources.values()) {
                while (!steps.isEmpty() && steps.element().since() - limit < 0) {
                    expired.add(steps.remove());
                }
            }
            sources.values().removeIf(Deque::isEmpty);
        }
        size -= expired.size();
        return expired;
    }

    private Map<Source, Deque<Waiting>> sources(Rank rank) {
        return ranks.computeIfAbsent(rank, _ -> new LinkedHashMap<>());
    }
}
