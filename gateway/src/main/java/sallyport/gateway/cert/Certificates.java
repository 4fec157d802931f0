package sallyport.gateway.cert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * All certificates of the gateway: the operator's pairs first, the local CA for known names that none of them serves.
 *
 * <p>{@link #find} may be called on event loops. Everything else is control plane: when the directory changes, the leaves for
 * new names are made before the change is reported as done, so that the first visitor finds one.
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
    private final LocalCa local;
    private volatile Timers.@Nullable Timeout renewal;
    private volatile boolean closed;

    /**
     * Reads the operator's pairs and the local CA, and makes what is missing for the names that are known.
     *
     * @param executor for blocking work: virtual threads
     * @throws sallyport.gateway.fault.ProblemException when a pair or the stored CA cannot be used
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
        pem = new PemCertificates(config.certificates(), timers, events);
        local = new LocalCa(config.data(), timers);
    }

    @Override
    public Optional<ServerCertificate> find(Hostname name) {
        Optional<ServerCertificate> given = pem.find(name);
        return given.isPresent() || !known(name) ? given : local.find(name);
    }

    private boolean known(Hostname name) {
        return config.console().hostname().filter(name::equals).isPresent()
                || directory.current().findHostname(name).isPresent();
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
        Map<String, Instant> expiries = new TreeMap<>(local.expiries());
        expiries.putAll(pem.expiries());
        return expiries;
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

    private void refresh(Directory now) {
        TreeSet<Hostname> names = new TreeSet<>();
        config.console().hostname().ifPresent(names::add);
        for (HostnameRoute route : now.hostnames()) {
            if (route.tls() == TlsMode.TERMINATE) {
                names.add(route.hostname());
            }
        }
        names.removeIf(name -> pem.find(name).isPresent());
        Optional<Hostname> domain = config.domain()
                .filter(base -> pem.find(new Hostname("any." + base.value())).isEmpty());
        local.refresh(domain, names);
    }

    private void renewLater() {
        if (!closed) {
            renewal = timers.schedule(executor, LOOK_FOR_DUE, () -> {
                refreshSafely(directory.current());
                renewLater();
            });
        }
    }

    @Override
    public void close() {
        closed = true;
        pem.close();
        Timers.Timeout timeout = renewal;
        if (timeout != null) {
            timeout.cancel();
        }
    }
}
