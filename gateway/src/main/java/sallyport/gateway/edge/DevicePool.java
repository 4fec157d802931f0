package sallyport.gateway.edge;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.edge.PortPlaces.Place;
import sallyport.gateway.edge.PortPlaces.Rest;

/**
 * The connections to a device that belong to one visitor's connection: one at a time carries one exchange, the idle ones
 * wait here for that visitor's next. No other visitor ever gets one, so logins that are tied to a connection hold and
 * nothing can be smuggled from one visitor to another. Runs on the visitor's loop.
 *
 * <p>Where the operator allows it for a hostname, an idle connection that has carried nobody's own ({@link PersonalFields})
 * goes to the {@link Shelf} instead, and a request without anything of the kind may take one from there.
 *
 * <p>An exchange {@link #take takes} a connection and ends with exactly one of {@link #giveBack}, {@link #drop} and {@link
 * #release}. That is the seam for whatever decides how many connections a device's port gets, and in which order.
 */
final class DevicePool implements PortPlaces.Guest {
    /** The next step of a login that is tied to its connection has to come so soon, or others may have its place. */
    static final Duration LOGIN_PATIENCE = Duration.ofSeconds(10);

    /** A connection that was opened for no request is ended when none has come by then. */
    static final Duration SPARE_PATIENCE = Duration.ofSeconds(5);

    private final Front front;
    private final InetSocketAddress visitor;
    private final EventLoop loop;
    private final Deque<DeviceConnection> idle = new ArrayDeque<>();
    private final Map<DeviceConnection, Held> held = new HashMap<>();
    private final Set<PlaceRequest> waiting = new HashSet<>();
    private final TiedLogins logins;
    private @Nullable Runnable loginEnds;
    private boolean loginEnded;
    private int opened;
    private boolean closed;

    /** A connection's place, and among whose it is. */
    private record Held(PortPlaces places, Place place, ChannelFutureListener end) {}

    DevicePool(Front front, InetSocketAddress visitor, EventLoop loop) {
        this.front = front;
        this.visitor = visitor;
        this.loop = loop;
        this.logins = new TiedLogins(front.versions());
    }

    InetSocketAddress visitor() {
        return visitor;
    }

    EventLoop loop() {
        return loop;
    }

    TiedLogins logins() {
        return logins;
    }

    /**
     * For a visitor's connection that has one device connection at a time: it must end with that one once a login is tied to
     * it, because the visitor goes by its own connection.
     *
     * @param told when the device connection has ended, maybe while an exchange is under way
     */
    void whenLoginEnds(Runnable told) {
        loginEnds = told;
    }

    /**
     * An idle connection to {@code to}, else a new one; {@code outcome} hears of it once, at once or later.
     *
     * @return false when the connection to which the visitor's login is tied has ended; then {@code outcome} hears nothing
     */
    boolean take(Exchange exchange, Destination to, Consumer<DeviceConnector.Outcome> outcome) {
        DeviceConnection home = logins.home(exchange);
        if (home != null && idle.remove(home)) {
            idle.addFirst(home);
        }
        DeviceConnection ready = findIdle(to);
        if (loginEnded) {
            if (ready != null) {
                ready.close();
            }
            return false;
        }
        if (ready == null) {
            ready = findShared(exchange, to);
        }
        if (ready != null) {
            outcome.accept(new DeviceConnector.Outcome.Connected(ready));
        } else {
            open(exchange, to, outcome);
        }
        return true;
    }

    private @Nullable DeviceConnection findShared(Exchange exchange, Destination to) {
        if (!(to instanceof Destination.DevicePort port)
                || !port.route().options().value(HostnameOption.SHARE_CONNECTIONS)
                || PersonalFields.in(exchange.request)) {
            return null;
        }
        Optional<Shelf.Taken> taken = front.shared().on(loop).take(port, this);
        taken.ifPresent(it -> hold(it.connection(), it.places(), it.place()));
        return taken.map(Shelf.Taken::connection).orElse(null);
    }

    private void open(Exchange exchange, Destination to, Consumer<DeviceConnector.Outcome> outcome) {
        switch (to) {
            case Destination.Console console ->
                front.devices().connect(console, visitor, loop, opened -> {
                    if (opened instanceof DeviceConnector.Outcome.Connected(DeviceConnection connection)) {
                        connection.channel().closeFuture().addListener(gone -> idle.remove(connection));
                    }
                    outcome.accept(opened);
                });
            case Destination.DevicePort port -> awaitPlace(exchange, port, outcome);
        }
    }

    private void awaitPlace(Exchange exchange, Destination.DevicePort to, Consumer<DeviceConnector.Outcome> outcome) {
        AtomicReference<PlaceRequest> itself = new AtomicReference<>();
        PlaceRequest request = new PlaceRequest(front, this, to, exchange, result -> {
            waiting.remove(itself.get());
            outcome.accept(result);
        });
        itself.set(request);
        waiting.add(request);
        request.start();
    }

    /** A new connection on a place. */
    void hold(DeviceConnection connection, PortPlaces places, Place place) {
        ChannelFutureListener end = gone -> {
            idle.remove(connection);
            held.remove(connection);
            ended(connection);
        };
        held.put(connection, new Held(places, place, end));
        connection.channel().closeFuture().addListener(end);
    }

    /** A new connection has answered; who needed a second one may need a third. */
    void answered(Destination.DevicePort to) {
        opened++;
        if (opened > 1 && !closed) {
            PortPlaces places = front.places().of(to.route());
            places.spare(this).ifPresent(place -> new SpareRequest(front, this, places, place).start(to));
        }
    }

    /** A connection that no request waits for: the last to be taken, and ended when none comes. */
    void holdSpare(DeviceConnection connection, PortPlaces places, Place place) {
        if (closed) {
            connection.close();
            return;
        }
        hold(connection, places, place);
        idle.addLast(connection);
        front.timers().schedule(loop, SPARE_PATIENCE, () -> {
            if (connection.isSpare() && idle.remove(connection)) {
                connection.close();
            }
        });
        places.ready(place);
    }

    /** It is no more this visitor's than any other's, from now on. */
    private void share(DeviceConnection connection, Held its) {
        held.remove(connection);
        connection.channel().closeFuture().removeListener(its.end());
        connection.share();
        front.shared().on(loop).lay(connection, its.places(), its.place());
    }

    private void ended(DeviceConnection connection) {
        Runnable told = loginEnds;
        if (told != null && connection.tied() && !loginEnded && !closed) {
            loginEnded = true;
            told.run();
        }
    }

    /** Another visitor waits for the place of an idle connection. */
    @Override
    public void giveWay(Place place) {
        loop.execute(() -> held.entrySet().stream()
                .filter(entry -> entry.getValue().place() == place)
                .findFirst()
                .map(Map.Entry::getKey)
                .filter(idle::remove)
                .ifPresent(DeviceConnection::close));
    }

    /** The one that was used last: it is the least likely to be closed by the device at this moment. */
    private @Nullable DeviceConnection findIdle(Destination to) {
        for (DeviceConnection each = idle.poll(); each != null; each = idle.poll()) {
            Held place = held.get(each);
            boolean mine = place == null || place.places().reuse(place.place(), this);
            if (mine && each.usable() && each.destination().equals(to)) {
                if (each.isSpare() && place != null) {
                    front.timers()
                            .schedule(
                                    loop,
                                    PlaceRequest.LATE,
                                    () -> place.places().late(place.place()));
                }
                return each;
            }
            each.close(); // ended, or the name leads elsewhere by now
            ended(each);
        }
        return null;
    }

    /** The exchange is complete on both sides: the connection can carry another. */
    void giveBack(DeviceConnection connection) {
        connection.release();
        Held place = held.get(connection);
        if (closed || !connection.usable() || (connection.shared() && connection.personal())) {
            connection.close();
        } else if (place == null) {
            idle.addFirst(connection);
        } else if (connection.inLogin()) {
            keep(connection, place);
        } else {
            rest(connection, place);
        }
    }

    private void rest(DeviceConnection connection, Held its) {
        boolean shareable = !connection.personal();
        PortPlaces.Guest heir = shareable ? front.shared().on(loop) : this;
        switch (its.places().rest(its.place(), heir)) {
            case Rest.Idle none -> {
                if (shareable) {
                    share(connection, its);
                } else {
                    idle.addFirst(connection);
                }
            }
            case Rest.Close none -> connection.close();
            case Rest.Serve(PortPlaces.Waiter waiter) -> ((PlaceRequest) waiter).handed(connection);
        }
    }

    private void keep(DeviceConnection connection, Held held) {
        int ticket = held.places().keep(held.place());
        idle.addFirst(connection);
        front.timers().schedule(loop, LOGIN_PATIENCE, () -> held.places().letGo(held.place(), ticket));
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
        waiting.forEach(PlaceRequest::abandon);
        waiting.clear();
        for (DeviceConnection each = idle.poll(); each != null; each = idle.poll()) {
            each.close();
        }
    }
}
