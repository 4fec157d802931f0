package sallyport.gateway.tunnel;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Problem;

/**
 * One live, authenticated session of a device, through which streams are opened. An SSH session is one; a cluster peer
 * and a test's in-memory tunnel are others.
 *
 * <p>Any thread may call it; the work happens on {@link #loop()}.
 */
public interface Tunnel {
    /** Grows with every tunnel of this process. */
    long id();

    DeviceName device();

    /** Who is at the other end. */
    TunnelPeer peer();

    /** The loop on which the session lives; sockets of its open ports join it. */
    EventLoop loop();

    /**
     * Opens a stream to a port that this tunnel offers.
     *
     * <p>The channel is half-closable both ways: the device's EOF arrives as {@code ChannelInputShutdownEvent},
     * {@code shutdownOutput()} sends ours. {@code close()} without it resets the stream. {@code channelInactive} without
     * an EOF before it means that the device's side was reset: what came so far is not a complete answer.
     *
     * @return completes on the request's loop; fails with {@link StreamRefused} within 10 s
     */
    Future<DuplexChannel> open(StreamRequest request);

    /** A newer grant owns this port now: its streams here are reset, and the last loss ends the session. */
    void portLost(PortNumber port);

    /** Ends the session and all its streams, telling the device why. */
    void close(Problem why);

    /** Figures for people: streams, bytes, round trip. */
    TunnelFigures figures();
}
