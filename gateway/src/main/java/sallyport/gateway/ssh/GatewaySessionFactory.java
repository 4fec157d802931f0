package sallyport.gateway.ssh;

import java.util.function.BooleanSupplier;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;
import sallyport.gateway.time.Timers;

/** Makes a {@link GatewaySession} for every connection that {@link NettyTransport} accepts. */
final class GatewaySessionFactory extends SessionFactory {
    private final SessionEvents events;
    private final Timers timers;
    private final BooleanSupplier legacyAdmitted;

    /**
     * @param legacyAdmitted true while any device may log in with old algorithms; asked once per connection
     */
    GatewaySessionFactory(
            ServerFactoryManager server, SessionEvents events, Timers timers, BooleanSupplier legacyAdmitted) {
        super(server);
        this.events = events;
        this.timers = timers;
        this.legacyAdmitted = legacyAdmitted;
    }

    @Override
    protected ServerSessionImpl doCreateSession(IoSession connection) throws Exception {
        return new GatewaySession(
                getServer(),
                (NettyIoSession) connection,
                events,
                timers,
                legacyAdmitted.getAsBoolean() ? Algorithms.WITH_LEGACY : Algorithms.MODERN);
    }
}
