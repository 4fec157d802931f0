package sallyport.gateway.edge;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Problem;

/**
 * One body on its way to a device, as operators see it, from the moment when the device gets the request's head. It is over with
 * its last byte; one that is guarded only when the device has answered, because it writes its flash memory meanwhile. The
 * visitor's loop writes, any thread reads.
 */
final class Upload {
    private final Uploads owner;
    private final GatewayEvent.Upload what;
    private final GuardRule rule;
    private final long announced;
    private final long begun;
    private final Instant since;
    private final UploadRate rate;
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean whole;
    private boolean told;

    /** @param announced bytes of the whole; -1: nobody knows */
    Upload(Uploads owner, GatewayEvent.Upload what, GuardRule rule, long announced) {
        this.owner = owner;
        this.what = what;
        this.rule = rule;
        this.announced = announced;
        this.begun = owner.timers().nanoTime();
        this.since = owner.timers().now();
        this.rate = new UploadRate(begun);
        tellWhenGuarded();
    }

    // on the visitor's loop

    void passed(int more, boolean last) {
        long now = bytes.addAndGet(more);
        rate.perSecond(owner.timers().nanoTime(), now);
        whole |= last;
        tellWhenGuarded();
        if (last && !told) {
            owner.ended(this);
        }
    }

    private void tellWhenGuarded() {
        if (!told && large()) {
            told = true;
            owner.events().happened(new GatewayEvent.UploadGuarded(what, expected()));
        }
    }

    /** The request is over, whatever became of it. */
    void ended(@Nullable Problem problem) {
        owner.ended(this);
        if (told) {
            owner.events()
                    .happened(new GatewayEvent.GuardedUploadEnded(
                            what,
                            bytes.get(),
                            Duration.ofNanos(owner.timers().nanoTime() - begun),
                            Optional.ofNullable(problem)));
        }
    }

    // on any thread

    private boolean large() {
        return rule.covers(Math.max(announced, bytes.get()));
    }

    /** True while the gateway waits for it before it stops. In its first half minute no rate is asked of it. */
    boolean guarded() {
        long now = owner.timers().nanoTime();
        boolean young = now - begun < UploadRate.WINDOW.toNanos();
        return large() && (young || whole || rate.perSecond(now, bytes.get()) >= rule.bytesPerSecond());
    }

    private OptionalLong expected() {
        return announced < 0 ? OptionalLong.empty() : OptionalLong.of(announced);
    }

    LiveUpload live() {
        long now = bytes.get();
        return new LiveUpload(
                what, expected(), now, rate.perSecond(owner.timers().nanoTime(), now), since, guarded());
    }
}
