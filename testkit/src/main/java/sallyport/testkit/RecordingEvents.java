package sallyport.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;

/** Keeps everything that happened, in order. Any thread. */
public final class RecordingEvents implements GatewayEvents {
    private final List<GatewayEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void happened(GatewayEvent event) {
        events.add(event);
    }

    public List<GatewayEvent> all() {
        return List.copyOf(events);
    }

    /** The events of one kind, in order. */
    public <E extends GatewayEvent> List<E> of(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** True when an event of this kind passes the test. */
    public <E extends GatewayEvent> boolean saw(Class<E> kind, Predicate<? super E> test) {
        return of(kind).stream().anyMatch(test);
    }
}
