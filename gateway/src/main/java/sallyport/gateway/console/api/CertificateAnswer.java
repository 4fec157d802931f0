package sallyport.gateway.console.api;

import java.time.Instant;
import java.util.Optional;

/**
 * A certificate of the HTTPS front.
 *
 * @param name a hostname, or {@code *.} and a domain
 * @param source {@code files}, {@code acme} or {@code local CA}
 * @param state waiting, ordering, ready, renewing, renewal failed, failed or expired
 * @param notAfter when it ends; empty when there is none yet
 * @param next when it is ordered next
 * @param error why the last attempt failed
 */
public record CertificateAnswer(
        String name,
        String source,
        String state,
        Optional<Instant> notAfter,
        Optional<Instant> next,
        Optional<Notice> error) {}
