package sallyport.gateway.edge;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.edge.PortPlaces.Place;
import sallyport.gateway.time.Timers;

/**
 * The idle connections of one event loop that may serve any visitor, the one that was used last first. Bounded by the places
 * of the devices' ports; an idle one gives way like others. On its loop alone, but for {@link #giveWay}.
 */
final class Shelf implements PortPlaces.Guest {
    /** So long a connection waits for a visitor. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private final EventLoop loop;
    private final Timers timers;
    private final Deque<Lying> lying = new ArrayDeque<>();

    /** A connection on its place; each time that it is laid down is another. */
    private static final class Lying {
        final DeviceConnection connection;
        final PortPlaces places;
        final Place place;
        Timers.@Nullable Timeout end;

        Lying(DeviceConnection connection, PortPlaces places, Place place) {
            this.connection = connection;
            this.places = places;
            this.place = place;
        }
    }

    /** A connection that was taken, on a place that is the taker's now. */
    record Taken(DeviceConnection connection, PortPlaces places, Place place) {}

    Shelf(EventLoop loop, Timers timers) {
        this.loop = loop;
        this.timers = timers;
    }

    /** Lays down a connection whose place has become this shelf's. */
    void lay(DeviceConnection connection, PortPlaces places, Place place) {
        Lying one = new Lying(connection, places, place);
        lying.addFirst(one);
        one.end = timers.schedule(loop, PATIENCE, () -> end(each -> each == one));
    }

    /** A connection to exactly this destination; its place goes to {@code guest}. */
    Optional<Taken> take(Destination.DevicePort to, PortPlaces.Guest guest) {
        end(each -> !each.connection.usable());
        for (Lying one : List.copyOf(lying)) {
            if (one.connection.destination().equals(to)) {
                remove(one);
                if (one.places.reuse(one.place, guest)) {
                    return Optional.of(new Taken(one.connection, one.places, one.place));
                }
                one.connection.close(); // somebody waits for its place
            }
        }
        return Optional.empty();
    }

    @Override
    public void giveWay(Place place) {
        loop.execute(() -> end(each -> each.place == place));
    }

    /** Ends what is not the directory's any more. */
    void keep(Directory now) {
        end(each ->
                !(each.connection.destination() instanceof Destination.DevicePort port) || !isStill(now, port.route()));
    }

    private static boolean isStill(Directory now, HostnameRoute route) {
        return now.findHostname(route.hostname()).filter(route::equals).isPresent();
    }

    private void end(Predicate<Lying> which) {
        for (Lying one : List.copyOf(lying)) {
            if (which.test(one)) {
                remove(one);
                one.connection.close();
            }
        }
    }

    private void remove(Lying one) {
        lying.remove(one);
        if (one.end != null) {
            one.end.cancel();
        }
    }
}
