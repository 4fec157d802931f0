package sallyport.gateway.cert;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.RenewalInfo;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the authority would like certificates to be renewed (RFC 9773 section 4). The moment is chosen once at random within
 * its window and kept, also over restarts, until the window changes. Blocking, one control-plane thread at a time.
 */
final class SuggestedRenewals {
    private static final Logger LOG = LoggerFactory.getLogger(SuggestedRenewals.class);
    /** RFC 9773 section 4.3.2: bounds for what Retry-After may say, and what counts without it. */
    private static final Duration SOONEST = Duration.ofMinutes(1);

    private static final Duration USUAL = Duration.ofHours(6);
    private static final Duration LATEST = Duration.ofHours(24);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final AcmeAccount account;

    SuggestedRenewals(AcmeAccount account) {
        this.account = account;
    }

    /** True when the authority has not been asked for long enough about a certificate that there is. */
    boolean due(AcmeEntry entry, Instant now) {
        return entry.valid(now).isPresent()
                && entry.renewal().ask().filter(now::isBefore).isEmpty();
    }

    /** The entry with what the authority says now; what it said before when it cannot be asked. */
    AcmeEntry ask(AcmeEntry entry, Instant now) {
        AcmeEntry.Renewal before = entry.renewal();
        try {
            return entry.withRenewal(asked(entry, now));
        } catch (AcmeException | AcmeProtocolException | AcmeFailure e) {
            LOG.debug("{} does not say when to renew {}: {}", account.host(), entry.name(), e.toString());
            account.refresh();
            return entry.withRenewal(new AcmeEntry.Renewal(before.at(), before.window(), Optional.of(now.plus(USUAL))));
        }
    }

    private AcmeEntry.Renewal asked(AcmeEntry entry, Instant now) throws AcmeException, AcmeFailure {
        Login login = account.login();
        X509Certificate leaf = entry.certificate().orElseThrow().certificate();
        boolean authorityKeyId = leaf.getExtensionValue("2.5.29.35") != null;
        if (!authorityKeyId
                || login.getSession().resourceUrlOptional(Resource.RENEWAL_INFO).isEmpty()) {
            return new AcmeEntry.Renewal(Optional.empty(), "", Optional.of(now.plus(LATEST)));
        }
        RenewalInfo info = login.bindRenewalInfo(leaf);
        Instant again = info.fetch().orElse(now.plus(USUAL));
        Duration wait = Duration.between(now, again);
        Duration bounded = wait.compareTo(SOONEST) < 0 ? SOONEST : wait.compareTo(LATEST) > 0 ? LATEST : wait;
        Instant start = info.getSuggestedWindowStart();
        Instant end = info.getSuggestedWindowEnd();
        String window = start + "/" + end;
        Instant at =
                window.equals(entry.renewal().window()) && entry.renewal().at().isPresent()
                        ? entry.renewal().at().get()
                        : within(start, end);
        if (!window.equals(entry.renewal().window())) {
            LOG.info("{} suggests to renew {} at {}", account.host(), entry.name(), at);
        }
        return new AcmeEntry.Renewal(Optional.of(at), window, Optional.of(now.plus(bounded)));
    }

    private static Instant within(Instant start, Instant end) {
        long seconds = Math.max(1, Duration.between(start, end).toSeconds());
        return start.plusSeconds(RANDOM.nextLong(seconds));
    }
}
