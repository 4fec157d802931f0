package sallyport.gateway.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.time.Timers;

/** The places of every device's port that visitors have asked for. Any thread; nothing blocks. */
final class DevicePlaces implements DirectoryHolder.Subscriber {
    private final Timers timers;
    private final GatewayEvents events;
    private final ConcurrentMap<Target, PortPlaces> ports = new ConcurrentHashMap<>();

    /** A port of a device; bounded by the directory. */
    private record Target(DeviceName device, PortNumber port) {}

    DevicePlaces(Timers timers, GatewayEvents events) {
        this.timers = timers;
        this.events = events;
    }

    PortPlaces of(HostnameRoute route) {
        return ports.computeIfAbsent(new Target(route.device(), route.port()), this::places);
    }

    private PortPlaces places(Target target) {
        return new PortPlaces(
                timers::nanoTime,
                limit -> events.happened(
                        new GatewayEvent.ParallelStreamsLowered(target.device(), target.port(), limit)));
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        ports.keySet()
                .removeIf(target -> now.findByPort(target.port())
                        .filter(device -> device.name().equals(target.device()))
                        .isEmpty());
        return CompletableFuture.completedFuture(null);
    }
}
