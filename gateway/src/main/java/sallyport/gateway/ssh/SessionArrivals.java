package sallyport.gateway.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.TunnelPeer;

/**
 * From a connection to a device's session: a {@link LoginAttempt} when it comes in, a {@link DeviceSession} when it has
 * logged in, and the end of either when it closes.
 *
 * <p>Called by MINA and the transport, on the threads that they say.
 */
final class SessionArrivals implements SessionListener, SessionEvents {
    private static final AttributeKey<DeviceSession> DEVICE = new AttributeKey<>();

    private final DoorContext door;

    SessionArrivals(DoorContext door) {
        this.door = door;
    }

    @Override
    public void sessionCreated(Session session) {
        session.setAttribute(LoginAttempt.KEY, new LoginAttempt((GatewaySession) session));
    }

    @Override
    public void loggedIn(GatewaySession session) {
        DeviceSession device = device(session);
        session.onPacket(device::alive);
        device.start();
    }

    @Override
    public void turnedAway(InetSocketAddress from, String client, Problem why) {
        door.events().happened(new GatewayEvent.LoginRefused(Optional.empty(), from, client, why));
    }

    @Override
    public void sessionClosed(Session session) {
        DeviceSession device = session.getAttribute(DEVICE);
        if (device != null) {
            device.closed();
        }
        LoginAttempt attempt = session.getAttribute(LoginAttempt.KEY);
        if (attempt != null) {
            attempt.ended(door.events());
        }
    }

    List<ServiceFactory> services() {
        return List.of(ServerUserAuthServiceFactory.INSTANCE, new Connections());
    }

    List<ChannelFactory> channels() {
        return List.of(new Pages());
    }

    private static DeviceSession device(Session session) {
        DeviceSession device = session.getAttribute(DEVICE);
        if (device == null) {
            throw new IllegalStateException("no device has logged in on " + session);
        }
        return device;
    }

    private DeviceSession admit(GatewaySession session) throws SshException {
        LoginAttempt attempt = LoginAttempt.of(session);
        Admission.Verdict.Admitted admitted = attempt.findAdmitted()
                .filter(verdict -> session.getAttribute(DEVICE) == null)
                .orElseThrow(() -> new SshException("the connection service is started by a login, once"));
        TunnelPeer peer = new TunnelPeer(
                admitted.key().fingerprint(),
                attempt.user(),
                attempt.client(),
                session.keyExchange(),
                attempt.from(),
                door.timers().now());
        ForwardedStreams streams = new ForwardedStreams(session, session.loop(), door.budget(), door.timers());
        DeviceSession device =
                new DeviceSession(door, new SessionWire(session, streams), admitted.device(), admitted.key(), peer);
        session.setAttribute(DEVICE, device);
        return device;
    }

    /** The service {@code ssh-connection}: started by the login alone, once. */
    private final class Connections implements ServiceFactory {
        @Override
        public String getName() {
            return "ssh-connection";
        }

        @Override
        public Service create(Session session) throws IOException {
            GatewaySession connected = (GatewaySession) session;
            return new DeviceConnection(connected, admit(connected));
        }
    }

    /** Session channels show a page. */
    private static final class Pages implements ChannelFactory {
        @Override
        public String getName() {
            return "session";
        }

        @Override
        public Channel createChannel(Session session) {
            DeviceSession device = device(session);
            StatusChannel page = new StatusChannel(device);
            device.opened(page);
            return page;
        }
    }
}
