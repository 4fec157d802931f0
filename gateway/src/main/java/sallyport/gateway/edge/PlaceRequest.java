package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.edge.DeviceConnector.Outcome;
import sallyport.gateway.edge.PortPlaces.Place;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/**
 * One exchange that needs a connection to a device's port: waits for a place there, then for the connection on it, or takes
 * over one whose exchange is complete. Lives on the visitor's loop; only {@link #granted} comes from any thread.
 */
final class PlaceRequest implements PortPlaces.Waiter {
    /** A device that has not begun to answer a new connection by then may be waiting for another to end. */
    static final Duration LATE = Duration.ofSeconds(2);
    /** What a page suggests while all places are taken. */
    static final int RETRY_AFTER_SECONDS = 5;

    private final Front front;
    private final DevicePool pool;
    private final PortPlaces places;
    private final Destination.DevicePort to;
    private final Exchange exchange;
    private final Consumer<Outcome> outcome;
    private Timers.@Nullable Timeout deadline;
    private boolean waits;
    private boolean expired;

    PlaceRequest(
            Front front, DevicePool pool, Destination.DevicePort to, Exchange exchange, Consumer<Outcome> outcome) {
        this.front = front;
        this.pool = pool;
        this.places = front.places().of(to.route());
        this.to = to;
        this.exchange = exchange;
        this.outcome = outcome;
    }

    void start() {
        deadline = front.timers().schedule(pool.loop(), front.deadlines().answer(), this::expire);
        ask();
    }

    private void ask() {
        waits = true;
        OptionalInt operators = to.route().options().value(HostnameOption.PARALLEL_STREAMS).stream()
                .mapToInt(Integer::intValue)
                .findFirst();
        if (expired || !places.ask(pool, operators, this)) {
            refuse();
        }
    }

    private void expire() {
        expired = true;
        if (waits) {
            places.cancel(pool, this);
            refuse();
        }
    }

    private void refuse() {
        finish(new Outcome.Refused(new Refusal(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                Fault.DEVICE_BUSY.problem(
                        "limit", places.limit(), "hostname", to.route().hostname()),
                RETRY_AFTER_SECONDS)));
    }

    private void finish(Outcome result) {
        waits = false;
        if (deadline != null) {
            deadline.cancel();
        }
        outcome.accept(result);
    }

    /** Nobody wants it any more. */
    void abandon() {
        waits = false;
        places.cancel(pool, this);
        if (deadline != null) {
            deadline.cancel();
        }
    }

    @Override
    public void granted(Place place) {
        if (pool.loop().inEventLoop()) {
            open(place);
        } else {
            pool.loop().execute(() -> open(place));
        }
    }

    /** A connection of the same visitor whose exchange is complete. */
    void handed(DeviceConnection connection) {
        boolean entrusted = !connection.shared() || !PersonalFields.in(exchange.request);
        if (connection.destination().equals(to) && entrusted) {
            finish(new Outcome.Connected(connection));
        } else {
            connection.close(); // the name leads elsewhere by now, or others have used it
            ask();
        }
    }

    private void open(Place place) {
        if (!waits) {
            places.leave(place);
            return;
        }
        waits = false;
        Timers.Timeout late = front.timers().schedule(pool.loop(), LATE, () -> places.late(place));
        front.devices().connect(to, pool.visitor(), pool.loop(), opened -> {
            switch (opened) {
                case Outcome.Connected(DeviceConnection connection) -> {
                    connection.whenAnswered(() -> {
                        late.cancel();
                        places.answered(place);
                        pool.answered(to);
                    });
                    connection.channel().closeFuture().addListener(gone -> {
                        late.cancel();
                        places.leave(place);
                    });
                    pool.hold(connection, places, place);
                    finish(opened);
                }
                case Outcome.Refused(Refusal refusal) -> {
                    late.cancel();
                    boolean forOthers = refusal.problem().fault() == Fault.WEB_SERVER_DOWN && places.refused(place);
                    places.leave(place);
                    if (forOthers) {
                        ask();
                    } else {
                        finish(opened);
                    }
                }
            }
        });
    }
}
