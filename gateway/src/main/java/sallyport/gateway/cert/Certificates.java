package sallyport.gateway.cert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.directory.CertificateKind;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.Timers;

/**
 * All certificates of the gateway: the operator's pairs first, then those of a certificate authority, then the local CA for
 * known names that neither serves.
 *
 * <p>{@link #find} may be called on event loops; it reads one immutable {@link CertificateChoice}. Everything else is control
 * plane: when the directory changes, the leaves for new names are made before the change is reported as done, so that the
 * first visitor finds one, whatever the authority says later.
 */
public final class Certificates implements CertificateSource, DirectoryHolder.Subscriber, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final Duration LOOK_FOR_DUE = Duration.ofHours(1);

    private final GatewayConfig config;
    private final DirectoryHolder directory;
    private final Timers timers;
    private final GatewayEvents events;
    private final Executor executor;
    private final PemCertificates pem;
    private final Optional<AcmeCertificates> acme;
    private final LocalCa local;
    private final ExpiryWatch expiry;
    private volatile CertificateChoice choice = CertificateChoice.NONE;
    private volatile Timers.@Nullable Timeout renewal;
    private volatile boolean closed;

    /**
     * Reads the operator's pairs, what was ordered earlier and the local CA, and makes what is missing for the names that are
     * known.
     *
     * @param executor for blocking work: virtual threads
     * @throws sallyport.gateway.fault.ProblemException when a pair, the account or the stored CA cannot be used
     */
    public static Certificates open(
            GatewayConfig config, DirectoryHolder directory, Timers timers, GatewayEvents events, Executor executor) {
        Certificates certificates = new Certificates(config, directory, timers, events, executor);
        certificates.refresh(directory.current());
        directory.subscribe(certificates);
        certificates.pem.watch(executor);
        certificates.renewLater();
        return certificates;
    }

    private Certificates(
            GatewayConfig config, DirectoryHolder directory, Timers timers, GatewayEvents events, Executor executor) {
        this.config = config;
        this.directory = directory;
        this.timers = timers;
        this.events = events;
        this.executor = executor;
        pem = new PemCertificates(config.certificates(), timers, events, () -> refreshSafely(directory.current()));
        acme = config.acme()
                .map(settings -> new AcmeCertificates(
                        settings, config.data(), timers, events, executor, () -> refreshSafely(directory.current())));
        local = new LocalCa(config.data(), timers);
        expiry = new ExpiryWatch(events);
    }

    @Override
    public Optional<ServerCertificate> find(Hostname name) {
        return choice.find(name, known(name), timers.now());
    }

    private boolean known(Hostname name) {
        return own().contains(name) || directory.current().findRoute(name).isPresent();
    }

    /** The names of the gateway itself. */
    private List<Hostname> own() {
        return Stream.of(config.console().hostname(), config.ssh().hostname())
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public ChallengeAnswers challenges() {
        return acme.map(AcmeCertificates::challenges).orElse(ChallengeAnswers.NONE);
    }

    /** Looks at the operator's files now. */
    public List<Problem> reload() {
        List<Problem> problems = pem.reload();
        refreshSafely(directory.current());
        return problems;
    }

    /** The roots of the local CA, as PEM, when one is in use. */
    public Optional<Path> findRoots() {
        return Optional.of(local.rootsFile()).filter(Files::exists);
    }

    /** Certificates in use by name, with the moment each one ends. */
    public Map<String, Instant> expiries() {
        Map<String, Instant> expiries = new TreeMap<>();
        for (CertificateReport report : reports()) {
            report.notAfter().ifPresent(end -> expiries.put(report.name(), end));
        }
        return expiries;
    }

    /** Every certificate with its source, state and trouble, by name and source. */
    public List<CertificateReport> reports() {
        List<CertificateReport> reports = new ArrayList<>(pem.reports());
        acme.ifPresent(ordered -> reports.addAll(ordered.reports()));
        CertificateChoice now = choice;
        now.local().forEach((name, leaf) -> reports.add(local.report(name, leaf)));
        reports.sort(Comparator.comparing(CertificateReport::name).thenComparing(CertificateReport::source));
        return reports;
    }

    /**
     * Orders the certificate that serves a name anew, as soon as the authority allows.
     *
     * @param name a hostname, or the name in a report
     * @throws ProblemException when it comes from elsewhere, or the authority wants us to wait
     */
    public void renew(String name) {
        CertificateReport served = acme.stream()
                .flatMap(ordered -> ordered.reports().stream())
                .filter(report -> report.name().equals(name)
                        || (!name.startsWith("*") && new CertificateName(report.name()).serves(Hostname.parse(name))))
                .findFirst()
                .orElseThrow(() -> new ProblemException(Fault.CERTIFICATE_NOT_ORDERED.problem("name", name)));
        acme.flatMap(ordered -> ordered.renewNow(new CertificateName(served.name())))
                .ifPresent(problem -> {
                    throw new ProblemException(problem);
                });
    }

    /**
     * What would keep an authority from giving a certificate for a name that needs one. Blocking, for some seconds at most.
     */
    public List<Problem> rehearse(Hostname name) {
        CertificateChoice now = choice;
        boolean served = now.files().find(name, timers.now()).isPresent()
                || now.findOrdered(name, timers.now()).isPresent();
        return served
                ? List.of()
                : acme.map(ordered -> ordered.rehearse(wanted(directory.current(), Set.of(name)), name))
                        .orElse(List.of());
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        return List.copyOf(before.hostnames()).equals(List.copyOf(now.hostnames()))
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(() -> refreshSafely(now), executor);
    }

    /** A full disk must not stop a device from being added: the name then has no certificate, and a notice says so. */
    private void refreshSafely(Directory now) {
        try {
            refresh(now);
        } catch (RuntimeException e) {
            LOG.warn("The local CA failed", e);
            events.happened(new GatewayEvent.Notice(
                    Fault.LOCAL_CA_FAILED.problem("folder", config.data(), "detail", "" + e.getMessage())));
        }
    }

    /** From the source that is asked first to the last: each gets the names that those before it leave. */
    private synchronized void refresh(Directory now) {
        NameIndex files = pem.index();
        Set<Hostname> names = terminated(now);
        names.removeIf(name -> files.find(name, timers.now()).isPresent());
        acme.ifPresent(ordered -> ordered.want(wanted(now, names)));
        CertificateChoice soFar = new CertificateChoice(
                files, acme.map(AcmeCertificates::certificates).orElse(Map.of()), choice.local());
        choice = soFar; // what the local CA cannot store must not keep these from their visitors
        names.removeIf(name -> soFar.findOrdered(name, timers.now()).isPresent());
        Optional<Hostname> domain = config.domain().filter(base -> {
            Hostname any = new Hostname("any." + base.value());
            return files.find(any, timers.now())
                    .or(() -> soFar.findOrdered(any, timers.now()))
                    .isEmpty();
        });
        local.refresh(new WantedNames(domain, names, single(now)));
        choice = new CertificateChoice(files, soFar.ordered(), local.leaves());
    }

    private WantedNames wanted(Directory now, Set<Hostname> names) {
        return new WantedNames(config.domain(), names, single(now));
    }

    private static Set<Hostname> single(Directory now) {
        return now.hostnames().stream()
                .filter(route -> route.options().value(HostnameOption.CERTIFICATE) == CertificateKind.SINGLE)
                .map(HostnameRoute::hostname)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The names whose TLS ends here: never those of passthrough, whose certificates are the devices' own. */
    private Set<Hostname> terminated(Directory now) {
        TreeSet<Hostname> names = new TreeSet<>(own());
        for (HostnameRoute route : now.hostnames()) {
            if (route.tls() == TlsMode.TERMINATE) {
                names.add(route.hostname());
            }
        }
        return names;
    }

    private void renewLater() {
        if (!closed) {
            renewal = timers.schedule(executor, LOOK_FOR_DUE, () -> {
                refreshSafely(directory.current());
                lookAtExpiries();
                renewLater();
            });
        }
    }

    private void lookAtExpiries() {
        Map<String, ServerCertificate> watched = new TreeMap<>(pem.byLabel());
        acme.ifPresent(ordered -> watched.putAll(ordered.overdue()));
        expiry.look(watched, timers.now());
    }

    @Override
    public void close() {
        closed = true;
        pem.close();
        acme.ifPresent(AcmeCertificates::close);
        Timers.Timeout timeout = renewal;
        if (timeout != null) {
            timeout.cancel();
        }
    }
}
