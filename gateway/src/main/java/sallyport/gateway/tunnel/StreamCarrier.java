package sallyport.gateway.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * What carries one stream to the device: a channel of an SSH session, a cluster peer, or memory in a test. It lives on the
 * session's loop, and a {@link StreamChannel} calls it there alone.
 *
 * <p>The other way round, still on that loop, the carrier tells the channel {@link StreamChannel#received},
 * {@link StreamChannel#receivedEof}, {@link StreamChannel#receivedClose}, {@link StreamChannel#sendable} and
 * {@link StreamChannel#cut}.
 */
public interface StreamCarrier {
    /** The session's loop. */
    EventLoop loop();

    /**
     * Sends bytes from the reader index on, as far as the device's window and the session let it, and moves the index past
     * them. The buffer stays the caller's. When bytes are left over, {@link StreamChannel#sendable} follows later.
     */
    void send(ByteBuf data);

    /** No more bytes will be sent. Everything sent before arrives first. */
    void endOutput();

    /** The consumer took so many bytes and asked to go on: the device may send as many again. */
    void credit(int bytes);

    /**
     * The channel is gone: tells the device, unless it was the device that closed, and frees everything. Without
     * {@link #endOutput} before, this is a reset. Called exactly once, always.
     */
    void release();
}
