package sallyport.gateway.ssh;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.StreamCarrier;
import sallyport.gateway.tunnel.StreamChannel;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.StreamWindow;

/**
 * One {@code forwarded-tcpip} channel (RFC 4254 section 7.2), the carrier of one stream.
 *
 * <p>MINA keeps the table of channels and the exchange of CLOSE messages; everything else is ours: both windows, the framing
 * of data, and the order of the end. MINA's own windows wait on locks and clamp what the protocol forbids, its output stream
 * lets one write be under way; neither suits a channel that must not block and must not buffer.
 *
 * <p>A channel that the device answers after the deadline is closed at once; until it answers it counts as open, since its
 * number cannot be used again. So do channels of which only one side has sent CLOSE (RFC 4254 section 5.3).
 *
 * <p>Runs on the session's loop; {@link #close(boolean)} may be called from any thread.
 */
final class ForwardedChannel extends AbstractClientChannel implements StreamCarrier, SendGate.Sender {
    /** The largest data packet that we take, in bytes; clients cut theirs accordingly. */
    static final int MAX_PACKET_IN = 128 << 10;

    /** The largest data packet that we send, in bytes, whatever the client allows. */
    static final int MAX_PACKET_OUT = 64 << 10;

    private static final long MAX_UINT32 = 0xffff_ffffL;
    private static final int DATA_HEADER = 2 * Integer.BYTES;

    private final ForwardedStreams streams;
    private final String requestedAddress;
    private final StreamRequest request;
    private final Promise<DuplexChannel> promise;
    private final StreamWindow window;

    private Timers.@Nullable Timeout deadline;
    private @Nullable StreamChannel stream;
    private long remoteWindow;
    private int remotePacket;
    private boolean inLine;
    private boolean eofFromDevice;
    private boolean closeFromDevice;
    private boolean released;

    ForwardedChannel(
            ForwardedStreams streams, String requestedAddress, StreamRequest request, Promise<DuplexChannel> promise) {
        super("forwarded-tcpip");
        this.streams = streams;
        this.requestedAddress = requestedAddress;
        this.request = request;
        this.promise = promise;
        window = new StreamWindow(streams.share(), streams.timers()::nanoTime);
        addCloseFutureListener(closed -> streams.gone(this));
    }

    PortNumber port() {
        return request.port();
    }

    // opening

    void sendOpen() throws IOException {
        openFuture = new DefaultOpenFuture(toString(), futureLock);
        InetSocketAddress visitor = request.visitor();
        String type = getChannelType();
        String originator = host(visitor);
        Buffer buffer = getSession()
                .createBuffer(
                        SshConstants.SSH_MSG_CHANNEL_OPEN,
                        type.length() + requestedAddress.length() + originator.length() + 8 * Integer.BYTES);
        buffer.putString(type);
        buffer.putUInt(getChannelId());
        buffer.putUInt(window.open());
        buffer.putUInt(MAX_PACKET_IN);
        buffer.putString(requestedAddress);
        buffer.putUInt(request.port().value());
        buffer.putString(originator);
        buffer.putUInt(visitor.getPort());
        deadline = streams.timers().schedule(loop(), ForwardedStreams.OPEN_DEADLINE, this::openTooLate);
        ThreadUtils.runAsInternal(buffer, this::writePacket);
    }

    private static String host(InetSocketAddress visitor) {
        if (visitor.isUnresolved()) {
            return visitor.getHostString();
        }
        String literal = visitor.getAddress().getHostAddress();
        int zone = literal.indexOf('%');
        return zone < 0 ? literal : literal.substring(0, zone);
    }

    private void openTooLate() {
        refuse(StreamRefused.Reason.TIMEOUT, Fault.WEB_SERVER_SILENT);
    }

    private void refuse(StreamRefused.Reason reason, Fault fault) {
        promise.tryFailure(new StreamRefused(reason, fault.problem()));
        free();
    }

    @Override
    public void handleOpenSuccess(long recipient, long windowSize, long packetSize, Buffer buffer) {
        setRecipient(recipient);
        opened.set(true);
        OpenFuture future = openFuture;
        future.setOpened();
        cancelDeadline();
        remoteWindow = windowSize;
        remotePacket = (int) Math.min(packetSize, MAX_PACKET_OUT);
        if (promise.isDone() || remotePacket == 0 || !promise.setUncancellable()) {
            refuse(StreamRefused.Reason.REFUSED, Fault.WEB_SERVER_DOWN);
            close(false);
            return;
        }
        StreamChannel channel = new StreamChannel(
                this,
                request.loop(),
                request.visitor(),
                InetSocketAddress.createUnresolved(
                        requestedAddress, request.port().value()));
        stream = channel;
        streams.opened();
        channel.pipeline().addLast(request.handler());
        request.loop().register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                promise.setSuccess(channel);
            } else {
                promise.setFailure(ForwardedStreams.lost());
            }
        });
    }

    @Override
    public void handleOpenFailure(Buffer buffer) {
        super.handleOpenFailure(buffer);
        refuse(StreamRefused.Reason.REFUSED, Fault.WEB_SERVER_DOWN);
    }

    @Override
    protected void doOpen() {
        throw new IllegalStateException("handleOpenSuccess opens this channel");
    }

    @Override
    protected void configureWindow() {
        // The windows are ours; see above.
    }

    // from the device

    @Override
    public void handleData(Buffer buffer) throws IOException {
        int length = admit(buffer);
        StreamChannel channel = stream;
        if (channel == null || released) {
            return;
        }
        streams.countIn(length);
        ByteBuf bytes = channel.alloc().directBuffer(length);
        bytes.writeBytes(buffer.array(), buffer.rpos(), length);
        channel.received(bytes);
    }

    @Override
    public void handleExtendedData(Buffer buffer) throws IOException {
        buffer.getInt();
        // A forwarded connection has no second stream: drained, so that the device's window does not run dry.
        credit(admit(buffer));
    }

    /** Checks length and window of a data packet (RFC 4254 section 5.2). */
    private int admit(Buffer buffer) throws SshException {
        long length = buffer.getUInt();
        if (length > buffer.available()) {
            throw violation("a data packet is shorter than it says");
        }
        if (length > MAX_PACKET_IN) {
            throw violation("a data packet is longer than allowed");
        }
        if (eofFromDevice) {
            throw violation("data after the end of file");
        }
        if (!released && !window.received(length)) {
            throw violation("data beyond the window");
        }
        return (int) length;
    }

    private SshException violation(String what) {
        return new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, what + " on channel " + getChannelId());
    }

    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        long more = buffer.getUInt();
        if (remoteWindow + more > MAX_UINT32) {
            throw violation("a window above 2^32-1");
        }
        remoteWindow += more;
        StreamChannel channel = stream;
        if (channel != null && !inLine && !released) {
            channel.sendable();
        }
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        StreamChannel channel = stream;
        if (channel != null && !eofFromDevice && !released) {
            eofFromDevice = true;
            window.ended();
            channel.receivedEof();
        }
    }

    @Override
    public void handleClose() throws IOException {
        closeFromDevice = true;
        window.ended();
        StreamChannel channel = stream;
        if (channel != null && !released) {
            channel.receivedClose();
        }
        super.handleClose();
    }

    // StreamCarrier

    @Override
    public EventLoop loop() {
        return streams.loop();
    }

    @Override
    public void send(ByteBuf data) {
        try {
            while (data.isReadable() && mayWrite() && !inLine) {
                int allowed = streams.gate().allowance(this);
                if (allowed <= 0) {
                    inLine = true;
                    streams.gate().await(this);
                    return;
                }
                int length = (int) Math.min(Math.min(data.readableBytes(), remotePacket), remoteWindow);
                if (length == 0) {
                    return;
                }
                sendPacket(data, length);
            }
        } catch (IOException | RuntimeException e) {
            log.debug("send({}): {}", this, e.toString());
            cut("the session broke");
        }
    }

    private void sendPacket(ByteBuf data, int length) throws IOException {
        Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_DATA, length + DATA_HEADER);
        buffer.putUInt(getRecipient());
        buffer.putUInt(length);
        buffer.ensureCapacity(length);
        data.readBytes(buffer.array(), buffer.wpos(), length);
        buffer.wpos(buffer.wpos() + length);
        remoteWindow -= length;
        streams.countOut(length);
        streams.gate().sent(ThreadUtils.runAsInternal(buffer, getSession()::writePacket), length);
    }

    @Override
    public void gateOpened() {
        inLine = false;
        StreamChannel channel = stream;
        if (channel != null && !released) {
            channel.sendable();
        }
    }

    @Override
    public void credit(int bytes) {
        int more = window.credited(bytes);
        if (more == 0 || released || !mayWrite()) {
            return;
        }
        try {
            Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, 2 * Integer.BYTES);
            buffer.putUInt(getRecipient());
            buffer.putUInt(more);
            ThreadUtils.runAsInternal(buffer, this::writePacket);
        } catch (IOException e) {
            log.debug("credit({}): {}", this, e.toString());
            cut("the session broke");
        }
    }

    @Override
    public void endOutput() {
        try {
            ThreadUtils.runAsInternal(this, ForwardedChannel::sendEof);
        } catch (IOException e) {
            log.debug("endOutput({}): {}", this, e.toString());
            cut("the session broke");
        }
    }

    @Override
    public void release() {
        free();
        try {
            ThreadUtils.runAsInternal(false, this::close);
        } catch (IOException e) {
            close(true);
        }
    }

    // the end

    /** Resets the stream at once. */
    void cut(String why) {
        if (!promise.isDone()) {
            promise.tryFailure(ForwardedStreams.lost());
        }
        StreamChannel channel = stream;
        if (channel != null && !released) {
            channel.cut(why);
        }
    }

    /** MINA closes this channel, for whatever reason: the stream ends with it. */
    @Override
    protected void preClose() {
        streams.onLoop(() -> {
            if (!closeFromDevice) {
                cut("the session ended");
            }
            if (stream == null) {
                free();
            }
        });
        super.preClose();
    }

    private void cancelDeadline() {
        Timers.Timeout timeout = deadline;
        if (timeout != null) {
            timeout.cancel();
        }
    }

    /** Nothing is ours any more: window, place in line, timer. */
    private void free() {
        if (!released) {
            released = true;
            cancelDeadline();
            window.close();
            if (inLine) {
                streams.gate().forget(this);
            }
            if (stream != null) {
                streams.closed();
            }
        }
    }
}
