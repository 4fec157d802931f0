package sallyport.gateway.ssh;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import sallyport.gateway.ssh.RecentLogins.Source;
import sallyport.gateway.time.Timers;

/**
 * How many unknown keys that have signed one address may have judged before each further one is answered late.
 *
 * <p>Behind one address there may be a factory: two hundred devices with good keys, some with agents that offer others first, and
 * one machine that tries keys. Only what is known to be strange is counted here, after its signature was verified, and a good
 * key is neither counted nor slowed. Nobody is turned away either, since the next key of the same client may be the good one:
 * a session that tries {@link LoginAttempt#MOST_SIGNED} keys, each answered {@link #PAUSE} late, still ends within
 * {@link Strangers#LOGIN_DEADLINE}. What a machine that tries keys has left is one a second for each connection that it holds,
 * and those are bounded by {@link Strangers#MAX}.
 *
 * <p>Any thread may call it. Bounded: the address that was quiet the longest is forgotten.
 */
final class UnknownKeyPace {
    /** Unknown keys of one address that are answered at once. */
    static final int BURST = 60;

    /** After that so many a minute are. */
    static final int PER_MINUTE = 30;

    /** How late the others are answered. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** Addresses that are remembered. */
    static final int MAX_SOURCES = 10_000;

    private static final double NANOS_PER_KEY = Duration.ofMinutes(1).toNanos() / (double) PER_MINUTE;

    private final Timers timers;
    private final Map<Source, Allowance> sources = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Allowance> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    private record Allowance(double keys, long at) {}

    UnknownKeyPace(Timers timers) {
        this.timers = timers;
    }

    /** Counts an unknown key of this address; true when it may be answered at once. */
    synchronized boolean atOnce(InetAddress address) {
        long now = timers.nanoTime();
        Source source = Source.of(address);
        Allowance before = sources.getOrDefault(source, new Allowance(BURST, now));
        double keys = Math.min(BURST, before.keys() + (now - before.at()) / NANOS_PER_KEY);
        boolean allowed = keys >= 1;
        sources.put(source, new Allowance(allowed ? keys - 1 : keys, now));
        return allowed;
    }
}
