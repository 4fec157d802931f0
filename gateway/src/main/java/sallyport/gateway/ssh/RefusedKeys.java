package sallyport.gateway.ssh;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.KeyFingerprint;

/**
 * Keys whose last session was refused all its forwards: what is said again at their next login, and how long the next such
 * session is kept waiting before it is disconnected, so that a client that restarts at once makes no hot loop.
 *
 * <p>Any thread may call it.
 */
final class RefusedKeys {
    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LONGEST_DELAY = Duration.ofSeconds(60);
    private static final int MOST_KEYS = 1000;

    private final Map<KeyFingerprint, Remembered> entries = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<KeyFingerprint, Remembered> eldest) {
            return size() > MOST_KEYS;
        }
    };

    private record Remembered(String sentence, @Nullable Duration lastDelay) {}

    /** The key's session was refused everything so far; {@code sentence} says why. */
    synchronized void remember(KeyFingerprint key, String sentence) {
        Remembered before = entries.remove(key);
        entries.put(key, new Remembered(sentence, before == null ? null : before.lastDelay()));
    }

    /** What the key's last session was told. */
    synchronized Optional<String> findSentence(KeyFingerprint key) {
        return Optional.ofNullable(entries.get(key)).map(Remembered::sentence);
    }

    /** How long to wait before this disconnect: twice as long as the last time. */
    synchronized Duration nextDelay(KeyFingerprint key) {
        Remembered entry = entries.get(key);
        if (entry == null) {
            return FIRST_DELAY;
        }
        Duration last = entry.lastDelay();
        Duration next = last == null ? FIRST_DELAY : last.multipliedBy(2);
        Duration bounded = next.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : next;
        entries.put(key, new Remembered(entry.sentence(), bounded));
        return bounded;
    }

    /** The key was granted something, or its grants changed: all is new. */
    synchronized void forget(KeyFingerprint key) {
        entries.remove(key);
    }

    synchronized void forgetAll(Predicate<KeyFingerprint> which) {
        entries.keySet().removeIf(which);
    }
}
