package sallyport.gateway.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerConnectionService;
import sallyport.gateway.directory.Printable;

/**
 * The connection protocol (RFC 4254) of one device's session: reads what comes in and hands it to the {@link DeviceSession}.
 * Only session channels are opened by clients, and only to show a page.
 *
 * <p>On the session's loop.
 */
final class DeviceConnection extends ServerConnectionService {
    /** Session channels at one time. */
    static final int MOST_PAGES = 8;

    private final DeviceSession device;

    DeviceConnection(AbstractServerSession session, DeviceSession device) throws SshException {
        super(session);
        this.device = device;
    }

    DeviceSession device() {
        return device;
    }

    @Override
    protected IoWriteFuture globalRequest(Buffer buffer) throws Exception {
        String name = buffer.getString();
        boolean wantReply = buffer.getBoolean();
        device.received(
                switch (name) {
                    case "tcpip-forward" -> new GlobalRequest.Forward(wantReply, buffer.getString(), buffer.getUInt());
                    case "cancel-tcpip-forward" ->
                        new GlobalRequest.Cancel(wantReply, buffer.getString(), buffer.getUInt());
                    case "no-more-sessions@openssh.com" -> new GlobalRequest.NoMoreSessions(wantReply);
                    case "streamlocal-forward@openssh.com" -> new GlobalRequest.UnixForward(wantReply);
                    case "hostkeys-prove-00@openssh.com" -> new GlobalRequest.HostKeysProve(wantReply, rest(buffer));
                    default -> new GlobalRequest.Other(wantReply, Printable.shorten(name));
                });
        return AbstractIoWriteFuture.fulfilled(name, true);
    }

    private static ByteBuffer rest(Buffer buffer) {
        byte[] bytes = new byte[buffer.available()];
        buffer.getRawBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    @Override
    protected void channelOpen(Buffer buffer) throws Exception {
        int start = buffer.rpos();
        String type = buffer.getString();
        if (!type.equals("session")) {
            long sender = buffer.getUInt();
            refuse(buffer, sender, device.refuseFeature(words(type)).sentence());
        } else if (device.pages() >= MOST_PAGES) {
            long sender = buffer.getUInt();
            refuse(buffer, sender, device.refuseFeature("One more session").sentence());
        } else {
            buffer.rpos(start);
            super.channelOpen(buffer);
        }
    }

    private void refuse(Buffer buffer, long sender, String words) throws IOException {
        sendChannelOpenFailure(buffer, sender, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, words, "");
    }

    private static String words(String type) {
        return switch (type) {
            case "direct-tcpip" -> "A local forward";
            case "direct-streamlocal@openssh.com" -> "A forward to a Unix socket";
            case "tun@openssh.com" -> "A tunnel device";
            case "x11" -> "X11 forwarding";
            case "auth-agent@openssh.com" -> "Agent forwarding";
            default -> "A channel of type " + Printable.clean(type, 40);
        };
    }
}
