package sallyport.gateway.ssh;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * One connection's way to its login: what it tried and what came of it. It is judged at the end, once: keys that were tried
 * before the right one are no failures, and an unknown key has knocked only when the connection ended without a login.
 *
 * <p>Served by one thread at a time, that of the handshake; {@link #ended} may come from any.
 */
final class LoginAttempt {
    static final AttributeKey<LoginAttempt> KEY = new AttributeKey<>();

    /** Keys that may sign: an agent holds about ten. */
    static final int MOST_SIGNED = 20;

    /** Keys that may be queried; each costs a few microseconds. */
    static final int MOST_QUERIES = 64;

    private static final int MOST_KNOCKS = 3;
    private static final int LONGEST_WORD = 80;

    private final GatewaySession session;
    private final Map<KeyFingerprint, DeviceKey> knocked = new LinkedHashMap<>();
    private String user = "";
    private int signed;
    private int queries;
    private @Nullable DeviceName device;
    private @Nullable Problem refusal;
    private Admission.Verdict.@Nullable Admitted admitted;
    private boolean told;
    private volatile boolean late;

    LoginAttempt(GatewaySession session) {
        this.session = session;
    }

    static LoginAttempt of(ServerSession session) {
        LoginAttempt attempt = session.getAttribute(KEY);
        if (attempt == null) {
            throw new IllegalStateException("session " + session + " began without a login attempt");
        }
        return attempt;
    }

    InetSocketAddress from() {
        return session.address();
    }

    String user() {
        return user;
    }

    void user(String name) {
        user = Printable.clean(name, LONGEST_WORD);
    }

    /** The client's identification, cleaned; empty before it came. */
    String client() {
        return Printable.clean(session.client(), LONGEST_WORD);
    }

    /** Counts a key that is offered without a signature; false when there were too many. */
    boolean mayQuery() {
        return ++queries <= MOST_QUERIES;
    }

    /** Counts a key that signs; false when there were too many. */
    boolean maySign() {
        return ++signed <= MOST_SIGNED;
    }

    /** True while an unknown key has not been answered yet: what the client sends meanwhile fails unread. */
    boolean isAnsweredLate() {
        return late;
    }

    /** Any thread. */
    void answeredLate(boolean now) {
        late = now;
    }

    Problem tooMany() {
        return refuse(Fault.TOO_MANY_KEYS.problem("count", Math.max(signed, queries) - 1));
    }

    /** A key that no device has signed correctly; true for the first one of this connection. */
    synchronized boolean knocked(OfferedKey offered) {
        if (knocked.size() < MOST_KNOCKS) {
            knocked.putIfAbsent(offered.fingerprint(), offered.asDeviceKey());
        }
        return knocked.size() == 1;
    }

    /** A device's key signed correctly and was refused. */
    synchronized void refused(DeviceName name, Problem why) {
        device = name;
        refusal = why;
    }

    /** The connection ends, or would, for this reason. */
    synchronized Problem refuse(Problem why) {
        refusal = why;
        return why;
    }

    /** A device's key signed correctly and is welcome. */
    synchronized void admitted(Admission.Verdict.Admitted verdict) {
        admitted = verdict;
    }

    /** Who has logged in, once. */
    synchronized Optional<Admission.Verdict.Admitted> findAdmitted() {
        return Optional.ofNullable(admitted);
    }

    /** The connection has ended: says once what became of it. Silence is no event: balancers look whether we listen. */
    synchronized void ended(GatewayEvents events) {
        if (admitted != null || told) {
            return;
        }
        told = true;
        knocked.values()
                .forEach(key -> events.happened(new GatewayEvent.UnknownKeyKnocked(key, from(), user, client())));
        Problem why = refusal;
        if (why == null && knocked.isEmpty() && !client().isEmpty()) {
            why = Fault.CLIENT_LEFT.problem("client", client());
        }
        if (why != null && session.connection().turnedAway()) {
            events.happened(new GatewayEvent.LoginRefused(Optional.ofNullable(device), from(), client(), why));
        }
    }
}
