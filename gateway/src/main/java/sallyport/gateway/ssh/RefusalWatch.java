package sallyport.gateway.ssh;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers.Timeout;

/**
 * Tells a stock SSH client why it has no tunnel. A refused {@code tcpip-forward} carries no reason, and most clients then
 * stay connected, silent and useless. What carries words is the description of a disconnect and a banner at the next login.
 *
 * <p>So a session all of whose forwards were refused is disconnected with the reasons: judged once no request came for 2 s
 * and no session channel is open (someone may be reading the status page there), then delayed, longer each time, so that a
 * client that restarts at once makes no hot loop. A session that holds a forward stays, and so does one that never asked.
 *
 * <p>On the session's loop.
 */
final class RefusalWatch {
    static final Duration QUIET = Duration.ofSeconds(2);
    private static final int MOST_REASONS = 4;

    private final DeviceSession session;
    private final DoorContext door;
    private final KeyFingerprint key;
    private final Map<Long, Problem> refused = new LinkedHashMap<>();
    private boolean granted;
    private @Nullable Timeout timer;
    private boolean delaying;

    RefusalWatch(DeviceSession session, DoorContext door, KeyFingerprint key) {
        this.session = session;
        this.door = door;
        this.key = key;
    }

    /** Something came in or a session channel opened or closed: the quiet begins anew. */
    void stirred() {
        if (!delaying && !granted && !refused.isEmpty()) {
            restart(QUIET, this::judge);
        }
    }

    void granted(long port) {
        granted = true;
        refused.remove(port);
        cancel();
        door.refusedKeys().forget(key);
    }

    void refused(long port, Problem why) {
        if (refused.size() < MOST_REASONS || refused.containsKey(port)) {
            refused.put(port, why);
        }
        if (!granted) {
            door.refusedKeys().remember(key, sentence());
            delaying = false;
            restart(QUIET, this::judge);
        }
    }

    /** What the directory grants this device has changed: waiting longer helps nobody. */
    void grantsChanged() {
        door.refusedKeys().forget(key);
        if (delaying) {
            cancel();
            session.close(first());
        }
    }

    /** The refusals that stand, by the port that was asked for. */
    Map<Long, Problem> standing() {
        return refused;
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        delaying = false;
    }

    private void judge() {
        if (session.pages() > 0) {
            return; // judged again when it closes
        }
        delaying = true;
        restart(door.refusedKeys().nextDelay(key), () -> session.disconnect(first(), sentence()));
    }

    private Problem first() {
        return refused.values().iterator().next();
    }

    private String sentence() {
        return String.join(
                " ", refused.values().stream().map(Problem::sentence).distinct().toList());
    }

    private void restart(Duration delay, Runnable then) {
        if (timer != null) {
            timer.cancel();
        }
        timer = door.timers().schedule(session.loop(), delay, then);
    }
}
