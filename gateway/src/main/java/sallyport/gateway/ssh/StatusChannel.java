package sallyport.gateway.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.CloseableExecutorService;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;

/**
 * A session channel (RFC 4254 section 6), of which a device gets a page of text and never a shell. It stays until the client
 * leaves: by Ctrl-C or Ctrl-D on a terminal, or by closing the channel. The client's EOF is no farewell, because a service
 * that was started with its input closed sends it at once. A command or subsystem gets one line of reason and an exit status,
 * and the session's forwards live on.
 *
 * <p>What is written waits for the client's window; a newer page replaces one that still waits.
 *
 * <p>On the session's loop.
 */
final class StatusChannel extends AbstractServerChannel {
    private static final @Nullable CloseableExecutorService NO_THREADS = null;
    private static final byte CTRL_C = 3;
    private static final byte CTRL_D = 4;
    private static final int REFUSED_EXIT = 1;

    private final DeviceSession device;
    private boolean terminal;
    private boolean shown;
    private boolean leaving;
    private byte[] pending = {};
    private String last = "";

    // MINA takes null for "no executor of its own"
    @SuppressWarnings("NullAway")
    StatusChannel(DeviceSession device) {
        super(NO_THREADS);
        this.device = device;
    }

    /** Shows the page again when it differs from what was shown last. */
    void repaint() {
        if (!shown || leaving) {
            return;
        }
        String page = device.page();
        if (!page.equals(last)) {
            last = page;
            print(page);
        }
    }

    @Override
    protected Result handleInternalRequest(String request, boolean wantReply, Buffer buffer) throws IOException {
        return switch (request) {
            case "pty-req" -> {
                terminal = true;
                yield Result.ReplySuccess;
            }
            case "window-change", "env", "break", "eow@openssh.com" -> Result.ReplyFailure;
            case "signal" -> {
                leave(0);
                yield Result.ReplySuccess;
            }
            case "shell" -> {
                sendResponse(buffer, request, Result.ReplySuccess, wantReply);
                shown = true;
                repaint();
                yield Result.Replied;
            }
            case "exec" -> refuse(buffer, request, wantReply, "A command");
            case "subsystem" -> refuse(buffer, request, wantReply, "A subsystem");
            case "x11-req" -> refuseFeature("X11 forwarding");
            case "auth-agent-req@openssh.com" -> refuseFeature("Agent forwarding");
            default -> Result.ReplyFailure;
        };
    }

    private Result refuseFeature(String what) {
        device.refuseFeature(what);
        return Result.ReplyFailure;
    }

    /** The request "succeeds", so that clients print the reason and take over the exit status instead of dying of it. */
    private Result refuse(Buffer buffer, String request, boolean wantReply, String what) throws IOException {
        String reason = device.refuseFeature(what).sentence() + "\n";
        sendResponse(buffer, request, Result.ReplySuccess, wantReply);
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        if (getRemoteWindow().getSize() >= text.length) {
            getRemoteWindow().consume(text.length);
            Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA, text.length + 12);
            packet.putUInt(getRecipient());
            packet.putInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
            packet.putBytes(text);
            writePacket(packet);
        }
        leave(REFUSED_EXIT);
        return Result.Replied;
    }

    private void leave(int status) throws IOException {
        if (leaving) {
            return;
        }
        leaving = true;
        sendExitStatus(status);
        sendEof();
        close(false);
    }

    private void print(String page) {
        String separated = terminal ? page.replace("\n", "\r\n") + "\r\n" : page + "\n";
        pending = separated.getBytes(StandardCharsets.US_ASCII);
        flush();
    }

    private void flush() {
        try {
            while (pending.length > 0) {
                long room =
                        Math.min(getRemoteWindow().getSize(), getRemoteWindow().getPacketSize());
                int length = (int) Math.min(room, pending.length);
                if (length <= 0) {
                    return;
                }
                byte[] part = Arrays.copyOf(pending, length);
                pending = Arrays.copyOfRange(pending, length, pending.length);
                getRemoteWindow().consume(length);
                Buffer packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, length + 8);
                packet.putUInt(getRecipient());
                packet.putBytes(part);
                ThreadUtils.runAsInternal(packet, this::writePacket);
            }
        } catch (IOException e) {
            close(true);
        }
    }

    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        super.handleWindowAdjust(buffer);
        flush();
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) throws IOException {
        getLocalWindow().release(length);
        if (!terminal) {
            return;
        }
        for (int i = offset; i < offset + length; i++) {
            if (data[i] == CTRL_C || data[i] == CTRL_D) {
                leave(0);
                return;
            }
        }
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
        getLocalWindow().release(length);
    }

    @Override
    protected void preClose() {
        device.closed(this);
        super.preClose();
    }
}
