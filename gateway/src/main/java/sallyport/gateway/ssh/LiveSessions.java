package sallyport.gateway.ssh;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** The sessions that have logged in and not ended. Any thread may call it. */
final class LiveSessions {
    /** A device has one session, or one for each of its services; sessions of dead clients linger up to 45 s. */
    static final int MOST_PER_DEVICE = 32;

    static final int MOST = 20_000;

    private final Set<DeviceSession> live = ConcurrentHashMap.newKeySet();

    void add(DeviceSession session) {
        live.add(session);
    }

    void remove(DeviceSession session) {
        live.remove(session);
    }

    Collection<DeviceSession> all() {
        return List.copyOf(live);
    }

    /** Why this device may not have one more, if so. */
    Optional<Problem> objection(DeviceName device) {
        if (live.size() >= MOST) {
            return Optional.of(Fault.TOO_BUSY.problem());
        }
        long own =
                live.stream().filter(session -> session.device().equals(device)).count();
        return own >= MOST_PER_DEVICE
                ? Optional.of(Fault.TOO_MANY_SESSIONS.problem("device", device, "limit", MOST_PER_DEVICE))
                : Optional.empty();
    }
}
