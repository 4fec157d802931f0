package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/**
 * The bodies that are on their way to devices, and the firmware guard: a device whose firmware is cut off in the middle may never
 * start again, so a gateway that is told to stop goes on as ever until the guarded uploads have ended, for {@link #LONGEST} at
 * most, and begins no further one. Nothing else waits for them: neither what an operator forbids, nor a newer session of the
 * device. Any thread.
 */
public final class Uploads {
    /** How long a stop waits at most. */
    public static final Duration LONGEST = Duration.ofMinutes(15);

    /** How often the rate of what is waited for is looked at. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final int RETRY_SECONDS = 60;

    private final Set<Upload> live = ConcurrentHashMap.newKeySet();
    private final Timers timers;
    private final GatewayEvents events;
    private volatile boolean stopping;

    public Uploads(Timers timers, GatewayEvents events) {
        this.timers = timers;
        this.events = events;
    }

    /** Those under way at this moment, the oldest first. */
    public List<LiveUpload> list() {
        return live.stream()
                .map(Upload::live)
                .sorted(Comparator.comparing(LiveUpload::since))
                .toList();
    }

    /** How many of them a stop would wait for. */
    public int guarded() {
        return (int) live.stream().filter(Upload::guarded).count();
    }

    /** From now on no guarded upload begins; completes when none goes on any more, or after {@link #LONGEST}. */
    public CompletableFuture<Void> untilGuardedEnded() {
        stopping = true;
        CompletableFuture<Void> ended = new CompletableFuture<>();
        look(timers.nanoTime(), ended);
        return ended;
    }

    private void look(long since, CompletableFuture<Void> ended) {
        boolean late = timers.nanoTime() - since >= LONGEST.toNanos();
        if (late || guarded() == 0) {
            ended.complete(null);
        } else {
            timers.schedule(Runnable::run, LOOK, () -> look(since, ended));
        }
    }

    /** Why a request may not begin now: it would be cut off by the stop. */
    Optional<Refusal> refusal(Exchange exchange, Destination to) {
        boolean cutLater = stopping
                && exchange.hasBody
                && to instanceof Destination.DevicePort port
                && GuardRule.of(port.route().options()).mayCover(exchange.announced);
        return cutLater
                ? Optional.of(new Refusal(
                        HttpResponseStatus.SERVICE_UNAVAILABLE, Fault.RESTART_COMES.problem(), RETRY_SECONDS))
                : Optional.empty();
    }

    /** The device gets the head of this request, for the first time or again. */
    void begin(Exchange exchange, Visitor visitor, Destination to) {
        if (!exchange.hasBody || exchange.upload != null || !(to instanceof Destination.DevicePort port)) {
            return;
        }
        HostnameRoute route = port.route();
        GatewayEvent.Asked asked = AccessLog.asked(exchange);
        Upload upload = new Upload(
                this,
                new GatewayEvent.Upload(route.device(), route.hostname(), visitor.address(), asked.id(), asked.path()),
                GuardRule.of(route.options()),
                exchange.announced);
        exchange.upload = upload;
        live.add(upload);
    }

    void ended(Upload upload) {
        live.remove(upload);
    }

    Timers timers() {
        return timers;
    }

    GatewayEvents events() {
        return events;
    }
}
