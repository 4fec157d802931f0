package sallyport.gateway.edge;

import java.util.OptionalLong;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.edge.DeviceConnector.Outcome;
import sallyport.gateway.edge.PortPlaces.Place;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/**
 * The opening of a connection to a device that no request waits for yet: a visitor who needed several at a time may soon need
 * one more. A device that does not take it well gets none for a day ({@link PortPlaces}). On the visitor's loop.
 */
final class SpareRequest {
    private final Front front;
    private final DevicePool pool;
    private final PortPlaces places;
    private final Place place;
    private boolean abandoned;

    SpareRequest(Front front, DevicePool pool, PortPlaces places, Place place) {
        this.front = front;
        this.pool = pool;
        this.places = places;
        this.place = place;
    }

    void start(Destination.DevicePort to) {
        Timers.Timeout late = front.timers().schedule(pool.loop(), PlaceRequest.LATE, this::late);
        front.devices().connect(to, pool.visitor(), pool.loop(), opened -> {
            late.cancel();
            switch (opened) {
                case Outcome.Connected(DeviceConnection connection) -> connected(to, connection);
                case Outcome.Refused(Refusal refusal) ->
                    refused(refusal.problem().fault());
            }
        });
    }

    private void late() {
        abandoned = true;
        places.giveUpSpares();
        places.leave(place);
    }

    private void refused(Fault why) {
        if (why == Fault.WEB_SERVER_DOWN || why == Fault.WEB_SERVER_SILENT) {
            places.giveUpSpares();
        }
        places.leave(place);
    }

    private void connected(Destination.DevicePort to, DeviceConnection connection) {
        if (abandoned) {
            connection.close();
            return;
        }
        connection.whenAnswered(() -> {
            places.answered(place);
            pool.answered(to);
        });
        OptionalLong tunnel = front.devices().tunnel(to.route().port());
        connection.spare(() -> front.timers()
                .schedule(pool.loop(), front.deadlines().settle(), () -> {
                    if (front.devices().tunnel(to.route().port()).equals(tunnel)) {
                        places.giveUpSpares(); // else it ended with its tunnel
                    }
                }));
        connection.channel().closeFuture().addListener(gone -> places.leave(place));
        pool.holdSpare(connection, places, place);
    }
}
