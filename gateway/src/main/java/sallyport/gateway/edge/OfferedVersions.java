package sallyport.gateway.edge;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Http2Offer;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.time.Timers;

/**
 * The versions of HTTP that are offered under each name. A device that ties logins to its connections (NTLM, Negotiate, some
 * digest logins) cannot be used over HTTP/2, where one connection carries the requests of many: its hostnames offer HTTP/1.1
 * alone for {@link #MEMORY}, unless the operator has decided. Any thread; bounded by the directory; nothing blocks.
 */
final class OfferedVersions implements DirectoryHolder.Subscriber {
    /** How long HTTP/1.1 stays alone after the last sign. */
    static final Duration MEMORY = Duration.ofDays(1);
    /** A further sign prolongs it, and is told, no more often than this. */
    static final Duration REPEAT = Duration.ofHours(1);

    private static final List<String> BOTH = List.of(HelloHandler.HTTP_2, HelloHandler.HTTP_1_1);
    private static final List<String> HTTP_1_ALONE = List.of(HelloHandler.HTTP_1_1);

    private final GatewayEvents events;
    private final Timers timers;
    private final ConcurrentMap<Hostname, Instant> until = new ConcurrentHashMap<>();

    OfferedVersions(GatewayEvents events, Timers timers) {
        this.events = events;
        this.timers = timers;
    }

    /** The application protocols (RFC 7301) of a device's name, or the console's when empty; the preferred one first. */
    List<String> of(Optional<HostnameRoute> route) {
        return route.isPresent() && isHttp1Alone(route.get()) ? HTTP_1_ALONE : BOTH;
    }

    /** True when connections that begin now do not get HTTP/2. */
    boolean isHttp1Alone(HostnameRoute route) {
        return switch (route.options().value(HostnameOption.HTTP2)) {
            case ON -> false;
            case OFF -> true;
            case AUTO -> timers.now().isBefore(until.getOrDefault(route.hostname(), Instant.MIN));
        };
    }

    /** The device was seen to tie a login to a connection. */
    void loginsAreTied(HostnameRoute route) {
        Instant end = timers.now().plus(MEMORY);
        Instant before = until.getOrDefault(route.hostname(), Instant.MIN);
        if (route.options().value(HostnameOption.HTTP2) == Http2Offer.AUTO && before.isBefore(end.minus(REPEAT))) {
            until.put(route.hostname(), end);
            events.happened(new GatewayEvent.Http1Alone(route.device(), route.hostname(), end));
        }
    }

    /** Forgets names that are gone, and those about which the operator has decided. */
    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        until.keySet()
                .removeIf(hostname -> now.findHostname(hostname)
                        .filter(route -> route.options().value(HostnameOption.HTTP2) == Http2Offer.AUTO)
                        .isEmpty());
        return CompletableFuture.completedFuture(null);
    }
}
