package sallyport.gateway.cert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.exception.AcmeException;

/** Asks the authority until something is done: at once, then ever less often, and as it wishes when it says so. */
final class Polling {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    /** An authority that asks for more is asked again after this. */
    private static final Duration MOST = Duration.ofSeconds(30);

    private Polling() {}

    /** Blocks for at most {@code deadline}; the caller looks at the status that is returned. */
    static Status until(PollableResource resource, Set<Status> wanted, Duration deadline)
            throws AcmeException, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        Duration pause = FIRST;
        while (true) {
            Optional<Instant> again = resource.fetch();
            Status status = resource.getStatus();
            long left = end - System.nanoTime();
            if (wanted.contains(status) || left <= 0) {
                return status;
            }
            Duration wished =
                    again.map(at -> Duration.between(Instant.now(), at)).orElse(pause);
            Duration wait = wished.compareTo(MOST) > 0 ? MOST : wished;
            Thread.sleep(Duration.ofNanos(Math.min(left, Math.max(wait.toNanos(), FIRST.toNanos()))));
            pause = pause.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : pause.multipliedBy(2);
        }
    }
}
