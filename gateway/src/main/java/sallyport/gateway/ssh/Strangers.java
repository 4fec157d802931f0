package sallyport.gateway.ssh;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.ssh.RecentLogins.Source;
import sallyport.gateway.time.Timers;
import sallyport.gateway.time.Timers.Timeout;

/**
 * The connections that have not logged in yet: bounded in number and in time. A new one is always let in; when there are too
 * many, the source that holds the most loses its oldest one that has not finished a key exchange. So a flood displaces
 * itself.
 *
 * <p>Any thread.
 */
final class Strangers {
    /** Connections without a login that are held at once. */
    static final int MAX = 1000;

    /** How long a login may take. */
    static final Duration LOGIN_DEADLINE = Duration.ofSeconds(25);

    /** What happens to those who lose their place. Called on any thread, without a lock. */
    interface Displaced {
        void tooLate(NettyIoSession session);

        void tooMany(NettyIoSession session);
    }

    private final Timers timers;
    private final int max;
    private final Displaced displaced;
    private final Map<Source, Set<NettyIoSession>> bySource = new HashMap<>();
    private final Map<NettyIoSession, Timeout> deadlines = new HashMap<>();

    Strangers(Timers timers, int max, Displaced displaced) {
        this.timers = timers;
        this.max = max;
        this.displaced = displaced;
    }

    void add(NettyIoSession session) {
        Timeout deadline = timers.schedule(session.loop(), LOGIN_DEADLINE, () -> expire(session));
        NettyIoSession victim;
        synchronized (this) {
            deadlines.put(session, deadline);
            bySource.computeIfAbsent(source(session), _ -> new LinkedHashSet<>())
                    .add(session);
            victim = deadlines.size() > max ? victim() : null;
            if (victim != null) {
                forget(victim);
            }
        }
        if (victim != null) {
            displaced.tooMany(victim);
        }
    }

    /** It logged in or ended. */
    void remove(NettyIoSession session) {
        Timeout deadline;
        synchronized (this) {
            deadline = forget(session);
        }
        if (deadline != null) {
            deadline.cancel();
        }
    }

    synchronized int size() {
        return deadlines.size();
    }

    private void expire(NettyIoSession session) {
        boolean here;
        synchronized (this) {
            here = forget(session) != null;
        }
        if (here) {
            displaced.tooLate(session);
        }
    }

    private @Nullable Timeout forget(NettyIoSession session) {
        Source source = source(session);
        Set<NettyIoSession> sessions = bySource.get(source);
        if (sessions != null && sessions.remove(session) && sessions.isEmpty()) {
            bySource.remove(source);
        }
        return deadlines.remove(session);
    }

    private @Nullable NettyIoSession victim() {
        Set<NettyIoSession> most = Set.of();
        for (Set<NettyIoSession> sessions : bySource.values()) {
            if (sessions.size() > most.size()) {
                most = sessions;
            }
        }
        for (NettyIoSession session : most) {
            if (!session.isKeyed()) {
                return session;
            }
        }
        return most.isEmpty() ? null : most.iterator().next();
    }

    private static Source source(NettyIoSession session) {
        return Source.of(session.getRemoteAddress().getAddress());
    }
}
