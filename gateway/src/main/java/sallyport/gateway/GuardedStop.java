package sallyport.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import sallyport.gateway.edge.Uploads;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/**
 * The first step of a stop: the gateway serves everybody as before until its guarded uploads have ended ({@link Uploads}), and
 * tells operators and the service manager that it does. Blocking, for the thread that stops the gateway.
 */
final class GuardedStop {
    /** What the service manager grants for the rest of the stop. */
    private static final Duration REST = Duration.ofMinutes(1);

    private final Uploads uploads;
    private final Timers timers;
    private final GatewayEvents events;
    private final SystemdNotifier systemd;

    GuardedStop(Uploads uploads, Timers timers, GatewayEvents events, SystemdNotifier systemd) {
        this.uploads = uploads;
        this.timers = timers;
        this.events = events;
        this.systemd = systemd;
    }

    /** Returns when no guarded upload goes on any more, after {@link Uploads#LONGEST} or when the thread is interrupted. */
    void await() {
        int count = uploads.guarded();
        CompletableFuture<Void> ended = uploads.untilGuardedEnded();
        if (ended.isDone()) {
            return;
        }
        Instant latest = timers.now().plus(Uploads.LONGEST).truncatedTo(ChronoUnit.SECONDS);
        events.happened(new GatewayEvent.Notice(Fault.STOP_WAITS.problem("count", count, "latest", latest)));
        systemd.stopping(Uploads.LONGEST.plus(REST), "Waits for " + count + " guarded uploads");
        try {
            ended.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed with a failure", e);
        }
    }
}
