package sallyport.gateway.cert;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.cert.dns.TxtRecords;
import sallyport.gateway.config.AcmeConfig;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * Certificates from an authority by ACME, for names that are asked for by {@link #want} and for no others: what strangers
 * write into a ClientHello never gets here.
 *
 * <p><b>How often.</b> One order at a time. A name that failed waits for its back-off, kept in {@link AcmeBook}, so that
 * neither a restart nor a device that is removed and added again costs another order. When the authority itself fails (not
 * reachable, rate limit, no account), nothing is asked of it until its own back-off or its Retry-After is over, and no name
 * is blamed. A Retry-After is in the book too: a restart is no reason to come earlier.
 *
 * <p>{@link #certificates} answers from memory on any thread; the work happens on the executor, in one task at a time that
 * may wait for the authority for minutes.
 */
final class AcmeCertificates implements AutoCloseable {
    /** From so many names on, a wildcard is worth its set-up. */
    static final int MANY_NAMES = 20;

    private static final Logger LOG = LoggerFactory.getLogger(AcmeCertificates.class);
    private static final Duration LOOK_AGAIN = Duration.ofHours(1);
    private static final Duration SOONEST = Duration.ofSeconds(1);
    private static final Duration[] AUTHORITY_BACK_OFF = {
        Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1), Duration.ofHours(4)
    };

    private final AcmeConfig config;
    private final Timers timers;
    private final GatewayEvents events;
    private final Executor executor;
    private final Runnable changed;
    private final AcmeBook book;
    private final AcmeAccount account;
    private final ChallengeDesk desk = new ChallengeDesk();
    private final Ordering ordering;
    private final SuggestedRenewals suggestions;
    private final ReentrantLock working = new ReentrantLock();
    private final AtomicBoolean requested = new AtomicBoolean();
    /** What operators want to have ordered whatever the back-off says. */
    private final Set<CertificateName> wishes = ConcurrentHashMap.newKeySet();

    private volatile Set<CertificateName> wanted = Set.of();
    private volatile Optional<CertificateName> underWay = Optional.empty();
    private volatile Authority authority = Authority.FINE;
    private volatile Timers.@Nullable Timeout next;
    private volatile boolean hinted;
    private volatile boolean closed;

    /** How the authority is doing. */
    private record Authority(int failures, Optional<Instant> pausedUntil, Optional<Problem> error) {
        static final Authority FINE = new Authority(0, Optional.empty(), Optional.empty());

        boolean paused(Instant now) {
            return pausedUntil.filter(now::isBefore).isPresent();
        }
    }

    /**
     * Opens what is stored; asks nobody yet.
     *
     * @param changed runs after a certificate came in
     * @throws sallyport.gateway.fault.ProblemException when roots, account key or the DNS provider's settings are unusable
     */
    AcmeCertificates(
            AcmeConfig config, Path data, Timers timers, GatewayEvents events, Executor executor, Runnable changed) {
        this.config = config;
        this.timers = timers;
        this.events = events;
        this.executor = executor;
        this.changed = changed;
        Path folder = data.resolve("acme").resolve(folder(config));
        book = new AcmeBook(folder);
        authority = book.findPause(timers.now())
                .map(pause -> new Authority(1, Optional.of(pause.until()), Optional.of(pause.why())))
                .orElse(Authority.FINE);
        account = new AcmeAccount(config, folder);
        TxtRecords records =
                config.dns().map(dns -> TxtRecords.of(dns.provider())).orElse(null);
        ordering = new Ordering(account, new Authorising(config, desk, records), book);
        suggestions = new SuggestedRenewals(account);
    }

    /** Another authority, or its test system, is another folder: certificates of one are never taken for the other's. */
    private static String folder(AcmeConfig config) {
        String host = config.directory().getHost();
        return host + "-"
                + HexFormat.of().toHexDigits(config.directory().toString().hashCode());
    }

    ChallengeAnswers challenges() {
        return desk;
    }

    /** The names that shall have certificates from now on. Returns at once; orders are made behind it. */
    void want(WantedNames names) {
        TreeSet<CertificateName> next = new TreeSet<>();
        Optional<CertificateName> wildcard =
                config.wildcard() ? names.domain().map(CertificateName::below) : Optional.empty();
        for (Hostname name : names.names()) {
            if (!name.isWildcard() || provesWildcards()) {
                next.add(wildcard.filter(_ -> names.shares(name))
                        .or(() -> names.findWildcard(name)
                                .filter(_ -> provesWildcards())
                                .map(CertificateName::of))
                        .orElseGet(() -> CertificateName.of(name)));
            }
        }
        wanted = Set.copyOf(next);
        if (next.size() > MANY_NAMES && wildcard.isEmpty() && !hinted) {
            hinted = true;
            events.happened(new GatewayEvent.Notice(Fault.ACME_WILDCARD.problem("count", next.size())));
        }
        look();
    }

    /** A wildcard is proved by its DNS zone alone (RFC 8555 section 8.3 and RFC 8737 section 3 leave no other way). */
    private boolean provesWildcards() {
        return config.challenges().contains(ChallengeType.DNS_01);
    }

    /** The certificates that are valid now, of all names in the book but those that a wanted wildcard serves again. */
    Map<String, ServerCertificate> certificates() {
        Instant now = timers.now();
        Map<String, ServerCertificate> valid = new HashMap<>();
        for (AcmeEntry entry : book.entries()) {
            if (wanted.contains(entry.name()) || !servedByWildcard(entry.name(), now)) {
                entry.valid(now).ifPresent(certificate -> valid.put(entry.name().value(), certificate));
            }
        }
        return valid;
    }

    private boolean servedByWildcard(CertificateName name, Instant now) {
        return wanted.stream()
                .anyMatch(other -> other.isWildcard()
                        && !name.isWildcard()
                        && other.serves(name.proved())
                        && book.entry(other).valid(now).isPresent());
    }

    /** Looks soon for what is due. */
    void look() {
        if (!closed && !requested.getAndSet(true)) {
            executor.execute(this::work);
        }
    }

    private void work() {
        working.lock();
        try {
            requested.set(false);
            orderAll();
            book.forget(wanted, timers.now());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UncheckedIOException e) {
            authorityFailed(Fault.ACME_NOT_KEPT.problem("detail", "" + e.getMessage()), Optional.empty());
        } catch (RuntimeException e) {
            LOG.error("Ordering certificates failed", e);
            authorityFailed(account.unreachable(e), Optional.empty());
        } finally {
            underWay = Optional.empty();
            lookLater();
            working.unlock();
        }
    }

    private void orderAll() throws InterruptedException {
        for (CertificateName name : wanted.stream().sorted().toList()) {
            if (closed || authority.paused(timers.now())) {
                return;
            }
            AcmeEntry entry = book.entry(name);
            if (suggestions.due(entry, timers.now())) {
                entry = suggestions.ask(entry, timers.now());
                book.put(entry);
            }
            if (due(entry)) {
                order(entry);
            }
        }
    }

    /** An order that was begun goes on at once: it costs no new one. */
    private boolean due(AcmeEntry entry) {
        return wishes.contains(entry.name())
                || entry.order().isPresent()
                || !entry.due(timers.now()).isAfter(timers.now());
    }

    private void order(AcmeEntry entry) throws InterruptedException {
        CertificateName name = entry.name();
        underWay = Optional.of(name);
        AcmeEntry started = entry.started(timers.now());
        book.put(started);
        try {
            ServerCertificate fresh =
                    ordering.obtain(started, url -> book.put(book.entry(name).withOrder(url)));
            AcmeEntry obtained = book.entry(name).obtained(fresh, timers.now());
            book.put(obtained);
            wishes.remove(name);
            authority = Authority.FINE;
            changed.run();
            events.happened(new GatewayEvent.CertificateObtained(
                    name.value(), fresh.certificate().getNotAfter().toInstant()));
        } catch (AcmeFailure e) {
            failed(name, entry, e);
        } finally {
            underWay = Optional.empty();
        }
    }

    /** When it was the authority's fault, the name is tried again as soon as the authority is well, and so is a wish. */
    private void failed(CertificateName name, AcmeEntry before, AcmeFailure failure) {
        switch (failure.scope()) {
            case NAME -> {
                wishes.remove(name);
                AcmeEntry failed =
                        book.entry(name).withAttempts(before.attempts()).failed(timers.now(), failure.problem());
                book.put(failed);
                events.happened(new GatewayEvent.Notice(failure.problem()));
            }
            case AUTHORITY -> {
                book.put(book.entry(name).withAttempts(before.attempts()));
                authorityFailed(failure.problem(), failure.retryAfter());
            }
        }
    }

    private void authorityFailed(Problem why, Optional<Instant> retryAfter) {
        Authority before = authority;
        Instant backOff =
                timers.now().plus(AUTHORITY_BACK_OFF[Math.min(before.failures(), AUTHORITY_BACK_OFF.length - 1)]);
        Instant until = retryAfter.filter(backOff::isBefore).orElse(backOff);
        authority = new Authority(before.failures() + 1, Optional.of(until), Optional.of(why));
        if (retryAfter.isPresent()) {
            book.put(new AcmeBook.Pause(until, why));
        }
        if (before.error().filter(why::equals).isEmpty()) {
            events.happened(new GatewayEvent.Notice(why));
        }
    }

    private void lookLater() {
        Timers.Timeout before = next;
        if (before != null) {
            before.cancel();
        }
        if (!closed) {
            next = timers.schedule(executor, untilNext(), this::look);
        }
    }

    private Duration untilNext() {
        Instant now = timers.now();
        Instant first = wanted.stream()
                .map(name -> nextAttempt(book.entry(name), now))
                .min(Comparator.naturalOrder())
                .orElse(now.plus(LOOK_AGAIN));
        Duration left = Duration.between(now, first);
        return left.compareTo(SOONEST) < 0 ? SOONEST : left.compareTo(LOOK_AGAIN) > 0 ? LOOK_AGAIN : left;
    }

    private Instant nextAttempt(AcmeEntry entry, Instant now) {
        Instant due = wishes.contains(entry.name()) ? now : entry.due(now);
        return authority.pausedUntil().filter(until -> until.isAfter(due)).orElse(due);
    }

    /**
     * Tries a name at the next look, whatever its back-off says; what the authority asked for is respected.
     *
     * @return empty when it will be tried; else why not
     */
    Optional<Problem> renewNow(CertificateName name) {
        Instant now = timers.now();
        Authority current = authority;
        if (current.paused(now)) {
            return Optional.of(Fault.RENEWAL_TOO_EARLY.problem(
                    "name", name, "until", current.pausedUntil().orElse(now)));
        }
        if (underWay.filter(name::equals).isEmpty()) {
            wishes.add(name);
            look();
        }
        return Optional.empty();
    }

    /** What `certificate list` says about the names that are wanted. */
    List<CertificateReport> reports() {
        Instant now = timers.now();
        return wanted.stream()
                .sorted()
                .map(name -> report(book.entry(name), now))
                .toList();
    }

    private CertificateReport report(AcmeEntry entry, Instant now) {
        Optional<Problem> error = entry.attempts().error();
        if (error.isEmpty() && (wishes.contains(entry.name()) || !entry.due(now).isAfter(now))) {
            error = authority.error();
        }
        return CertificateReport.ordered(
                entry, underWay.filter(entry.name()::equals).isPresent(), error, nextAttempt(entry, now), now);
    }

    /** What would go wrong with the name's own challenges; nothing is said about names that a wildcard of ours serves. */
    List<Problem> rehearse(WantedNames names, Hostname name) {
        if (name.isWildcard()) {
            return provesWildcards() ? List.of() : List.of(Fault.WILDCARD_UNPROVED.problem("name", name));
        }
        return config.wildcard() && names.shares(name)
                ? List.of()
                : new Rehearsal(config.challenges(), desk).play(name);
    }

    /** Names whose renewal failed, with the moment each certificate ends. */
    Map<String, ServerCertificate> overdue() {
        Instant now = timers.now();
        Map<String, ServerCertificate> overdue = new HashMap<>();
        for (CertificateName name : wanted) {
            AcmeEntry entry = book.entry(name);
            boolean tried = entry.attempts().failures() > 0 || authority.error().isPresent();
            entry.certificate()
                    .filter(certificate -> tried && !entry.due(now).isAfter(now.plus(LOOK_AGAIN)))
                    .ifPresent(certificate -> overdue.put(name.value(), certificate));
        }
        return overdue;
    }

    Optional<String> findAccountUri() {
        return account.findUri();
    }

    @Override
    public void close() {
        closed = true;
        Timers.Timeout timeout = next;
        if (timeout != null) {
            timeout.cancel();
        }
        account.close();
    }
}
