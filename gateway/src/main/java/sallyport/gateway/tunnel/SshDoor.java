package sallyport.gateway.tunnel;

import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/** Where a connection goes on that came in elsewhere and turned out to be SSH. */
public interface SshDoor {
    /**
     * Takes a connection over: its bytes, those that were read already first, reach the handler that this adds at the end
     * of the pipeline. On the channel's loop.
     *
     * @param channel an active connection, which from now on is read when SSH wants it to be
     * @param peer where the client is
     */
    void enter(SocketChannel channel, InetSocketAddress peer);
}
