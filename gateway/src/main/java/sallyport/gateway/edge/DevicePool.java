package sallyport.gateway.edge;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.edge.AccessRules.Destination;

/**
 * The connections to a device that belong to one visitor's connection: one at a time carries one exchange, the idle ones
 * wait here for that visitor's next. No other visitor ever gets one, so logins that are tied to a connection hold and
 * nothing can be smuggled from one visitor to another. Runs on the visitor's loop.
 *
 * <p>An exchange {@link #take takes} a connection and ends with exactly one of {@link #giveBack}, {@link #drop} and {@link
 * #release}. That is the seam for whatever decides how many connections a device's port gets, and in which order.
 */
final class DevicePool {
    private final DeviceConnector connector;
    private final InetSocketAddress visitor;
    private final EventLoop loop;
    private final Deque<DeviceConnection> idle = new ArrayDeque<>();
    private boolean closed;

    DevicePool(DeviceConnector connector, InetSocketAddress visitor, EventLoop loop) {
        this.connector = connector;
        this.visitor = visitor;
        this.loop = loop;
    }

    /** An idle connection to {@code to}, else a new one; {@code outcome} hears of it once, at once or later. */
    void take(Destination to, Consumer<DeviceConnector.Outcome> outcome) {
        DeviceConnection ready = findIdle(to);
        if (ready != null) {
            outcome.accept(new DeviceConnector.Outcome.Connected(ready));
        } else {
            connector.connect(to, visitor, loop, opened -> {
                if (opened instanceof DeviceConnector.Outcome.Connected(DeviceConnection connection)) {
                    connection.channel().closeFuture().addListener(gone -> idle.remove(connection));
                }
                outcome.accept(opened);
            });
        }
    }

    /** The one that was used last: it is the least likely to be closed by the device at this moment. */
    private @Nullable DeviceConnection findIdle(Destination to) {
        for (DeviceConnection each = idle.poll(); each != null; each = idle.poll()) {
            if (each.usable() && each.destination().equals(to)) {
                return each;
            }
            each.close(); // ended, or the name leads elsewhere by now
        }
        return null;
    }

    /** The exchange is complete on both sides: the connection can carry another. */
    void giveBack(DeviceConnection connection) {
        connection.release();
        if (closed) {
            connection.close();
        } else if (connection.usable()) {
            idle.addFirst(connection);
        }
    }

    /** The exchange did not come to its end on this connection, or the device will not take another. */
    void drop(DeviceConnection connection) {
        connection.close();
    }

    /** It carries another protocol from now on. */
    void release(DeviceConnection connection) {
        idle.remove(connection);
    }

    /** The visitor's connection ends. */
    void close() {
        closed = true;
        for (DeviceConnection each = idle.poll(); each != null; each = idle.poll()) {
            each.close();
        }
    }
}
