package sallyport.gateway.cert;

import java.time.Instant;
import java.util.Optional;
import sallyport.gateway.fault.Problem;

/**
 * What people want to know about one certificate.
 *
 * @param name the name, with {@code *.} for a wildcard
 * @param notAfter when it ends; empty when there is none
 * @param next when it is ordered or looked at next; empty when nothing is planned
 */
public record CertificateReport(
        String name,
        Source source,
        State state,
        Optional<Instant> notAfter,
        Optional<Instant> next,
        Optional<Problem> error) {

    /** Where it comes from. */
    public enum Source {
        FILES("files"),
        ACME("acme"),
        LOCAL_CA("local CA");

        private final String words;

        Source(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /** How it is doing. */
    public enum State {
        /** There is none yet, and no attempt has failed. */
        WAITING("waiting"),
        ORDERING("ordering"),
        READY("ready"),
        RENEWING("renewing"),
        /** In use, but the attempt to get the next one failed. */
        RENEWAL_FAILED("renewal failed"),
        /** There is none, and the last attempt failed. */
        FAILED("failed"),
        EXPIRED("expired");

        private final String words;

        State(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    static CertificateReport ordered(
            AcmeEntry entry, boolean underWay, Optional<Problem> error, Instant next, Instant now) {
        Optional<Instant> notAfter =
                entry.certificate().map(c -> c.certificate().getNotAfter().toInstant());
        boolean valid = entry.valid(now).isPresent();
        State state;
        if (underWay) {
            state = valid ? State.RENEWING : State.ORDERING;
        } else if (error.isPresent()) {
            state = valid ? State.RENEWAL_FAILED : State.FAILED;
        } else if (notAfter.isPresent()) {
            state = valid ? State.READY : State.EXPIRED;
        } else {
            state = State.WAITING;
        }
        return new CertificateReport(entry.name().value(), Source.ACME, state, notAfter, Optional.of(next), error);
    }
}
