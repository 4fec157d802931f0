package sallyport.gateway.event;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.time.Timers;

/**
 * Keys that no device owns and that signed correctly: devices that wait for an operator, and strangers. Bounded: when it is
 * full, the address with the most keys loses its oldest one, so that one stranger who makes up keys cannot push out the
 * device that an installer waits for.
 *
 * <p>Any thread may call it; the lock is held for one step in memory.
 */
public final class KnockingKeys implements GatewayEvents, DirectoryHolder.Subscriber {
    /** So many keys are remembered. */
    public static final int MAX_KEYS = 512;

    private final Timers timers;
    private final Map<KeyFingerprint, Knock> keys = new LinkedHashMap<>(64, 0.75f, true);

    public KnockingKeys(Timers timers) {
        this.timers = timers;
    }

    /**
     * A key that knocked.
     *
     * @param key the key itself, ready to be added to a device
     * @param from where it last came from
     * @param user the login name that it last used, cleaned
     * @param client the client's identification, cleaned
     * @param count how often it came
     */
    public record Knock(
            DeviceKey key,
            InetSocketAddress from,
            String user,
            String client,
            Instant first,
            Instant last,
            long count) {}

    @Override
    public void happened(GatewayEvent event) {
        if (event instanceof GatewayEvent.UnknownKeyKnocked knocked) {
            remember(knocked, timers.now());
        }
    }

    private synchronized void remember(GatewayEvent.UnknownKeyKnocked knocked, Instant now) {
        KeyFingerprint fingerprint = knocked.key().fingerprint();
        Knock before = keys.get(fingerprint);
        if (before == null && keys.size() >= MAX_KEYS) {
            evict();
        }
        keys.put(
                fingerprint,
                new Knock(
                        knocked.key(),
                        knocked.from(),
                        knocked.user(),
                        knocked.client(),
                        before == null ? now : before.first(),
                        now,
                        before == null ? 1 : before.count() + 1));
    }

    private void evict() {
        Map<InetAddress, Integer> counts = new HashMap<>();
        keys.values().forEach(knock -> counts.merge(knock.from().getAddress(), 1, Integer::sum));
        int most = counts.values().stream().max(Integer::compare).orElse(0);
        @Nullable KeyFingerprint oldest = null;
        for (Knock knock : keys.values()) { // the map is in the order of access: oldest first
            if (counts.getOrDefault(knock.from().getAddress(), 0) == most) {
                oldest = knock.key().fingerprint();
                break;
            }
        }
        if (oldest != null) {
            keys.remove(oldest);
        }
    }

    /** All keys that wait, the last one that knocked first. */
    public synchronized List<Knock> list() {
        return keys.values().stream()
                .sorted(Comparator.comparing(Knock::last).reversed())
                .toList();
    }

    public synchronized Optional<Knock> find(KeyFingerprint fingerprint) {
        return keys.values().stream()
                .filter(knock -> knock.key().fingerprint().equals(fingerprint))
                .findFirst();
    }

    /** Keys that now belong to a device wait no longer. */
    @Override
    public synchronized CompletionStage<?> directoryChanged(Directory before, Directory now) {
        keys.keySet().removeIf(key -> now.findByKey(key).isPresent());
        return CompletableFuture.completedFuture(null);
    }
}
