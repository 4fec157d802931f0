package sallyport.gateway.tunnel;

import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** What stands before a listener: finds out who really is at the other end of an accepted connection. */
public interface Doorstep {
    /** Believes the socket. */
    Doorstep PLAIN = (channel, inside) -> inside.accept(channel.remoteAddress());

    /**
     * Tells {@code inside} once where the client is, on the channel's loop, before any byte of the client was passed on; or
     * closes the connection without a word. What {@code inside} adds to the pipeline gets the client's bytes.
     *
     * @param channel registered, with nothing in its pipeline that reads
     */
    void enter(SocketChannel channel, Consumer<InetSocketAddress> inside);
}
