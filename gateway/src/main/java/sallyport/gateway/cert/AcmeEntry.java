package sallyport.gateway.cert;

import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import sallyport.gateway.fault.Problem;

/**
 * What is known about one name: its certificate, when it was tried, when it is tried next. Immutable.
 *
 * @param order the order that is under way at the authority
 */
record AcmeEntry(
        CertificateName name,
        Optional<ServerCertificate> certificate,
        Attempts attempts,
        Renewal renewal,
        Optional<URL> order) {
    /** How long to wait after one, two, three failures; the last one stays. A certificate authority counts failures too. */
    private static final Duration[] BACK_OFF = {
        Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4), Duration.ofHours(12), Duration.ofHours(24)
    };

    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    /**
     * @param failures in a row
     * @param next not before this moment
     */
    record Attempts(int failures, Optional<Instant> last, Optional<Instant> next, Optional<Problem> error) {
        static final Attempts NONE = new Attempts(0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * What the authority suggests (RFC 9773).
     *
     * @param at the moment chosen within its window; empty: it suggests nothing
     * @param window the window's two ends as text, to notice when it changes
     * @param ask when to ask again
     */
    record Renewal(Optional<Instant> at, String window, Optional<Instant> ask) {
        static final Renewal NONE = new Renewal(Optional.empty(), "", Optional.empty());
    }

    static AcmeEntry unknown(CertificateName name) {
        return new AcmeEntry(name, Optional.empty(), Attempts.NONE, Renewal.NONE, Optional.empty());
    }

    /** Certificate in use at this moment. */
    Optional<ServerCertificate> valid(Instant now) {
        return certificate.filter(
                c -> now.isBefore(c.certificate().getNotAfter().toInstant()));
    }

    /** When a certificate has to be ordered, back-off included. */
    Instant due(Instant now) {
        Instant wished = certificate.map(this::renewAt).orElse(now);
        return attempts.next().filter(next -> next.isAfter(wished)).orElse(wished);
    }

    /** What the authority suggests, else when a third of the life is left. */
    Instant renewAt(ServerCertificate current) {
        return renewal.at().orElseGet(() -> X509.thirdLeft(current.certificate()));
    }

    /**
     * Written before the authority is asked for an order: whatever happens to this process, there is none again within the
     * window.
     */
    AcmeEntry started(Instant now) {
        return withAttempts(new Attempts(
                attempts.failures(), Optional.of(now), Optional.of(now.plus(backOff())), attempts.error()));
    }

    private Duration backOff() {
        return BACK_OFF[Math.min(attempts.failures(), BACK_OFF.length - 1)];
    }

    AcmeEntry failed(Instant now, Problem why) {
        return new AcmeEntry(
                name,
                certificate,
                new Attempts(
                        attempts.failures() + 1, Optional.of(now), Optional.of(now.plus(backOff())), Optional.of(why)),
                renewal,
                Optional.empty());
    }

    AcmeEntry obtained(ServerCertificate fresh, Instant now) {
        return new AcmeEntry(
                name,
                Optional.of(fresh),
                new Attempts(0, Optional.of(now), Optional.of(now.plus(pause(fresh))), Optional.empty()),
                Renewal.NONE,
                Optional.empty());
    }

    /** An authority that suggests to renew what it has just given must not get an order every minute. */
    private static Duration pause(ServerCertificate fresh) {
        Duration third = Duration.between(
                X509.thirdLeft(fresh.certificate()),
                fresh.certificate().getNotAfter().toInstant());
        return third.compareTo(LONGEST_PAUSE) < 0 ? third : LONGEST_PAUSE;
    }

    AcmeEntry withOrder(URL url) {
        return new AcmeEntry(name, certificate, attempts, renewal, Optional.of(url));
    }

    AcmeEntry withoutOrder() {
        return new AcmeEntry(name, certificate, attempts, renewal, Optional.empty());
    }

    AcmeEntry withRenewal(Renewal suggested) {
        return new AcmeEntry(name, certificate, attempts, suggested, order);
    }

    AcmeEntry withAttempts(Attempts changed) {
        return new AcmeEntry(name, certificate, changed, renewal, order);
    }
}
