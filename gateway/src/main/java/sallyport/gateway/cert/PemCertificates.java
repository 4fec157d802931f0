package sallyport.gateway.cert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.config.GatewayConfig.CertificateFiles;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.Timers;

/**
 * The operator's certificates from PEM files, watched by content: whoever renews them (certbot, a script, a person) need not
 * tell the gateway. A pair that cannot be used leaves the one before it in place and makes a notice, once for each content.
 *
 * <p>{@link #find} may be called on event loops; reading files happens on the executor given, one look at a time.
 */
public final class PemCertificates implements CertificateSource, AutoCloseable {
    /** How often the files are looked at. */
    public static final Duration WATCH = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(PemCertificates.class);

    private final List<CertificateFiles> files;
    private final Timers timers;
    private final GatewayEvents events;
    private final Runnable changed;
    private final PemPair[] pairs;
    private final @Nullable Problem[] lastFaults;
    private volatile NameIndex index;
    private volatile Timers.@Nullable Timeout watch;
    private volatile boolean closed;

    /**
     * Reads all pairs.
     *
     * @param changed runs after a pair was renewed, on the thread that looked
     * @throws ProblemException naming the place in the configuration, when a pair cannot be used
     */
    public PemCertificates(List<CertificateFiles> files, Timers timers, GatewayEvents events, Runnable changed) {
        this.files = List.copyOf(files);
        this.timers = timers;
        this.events = events;
        this.changed = changed;
        pairs = this.files.stream().map(PemPair::read).toArray(PemPair[]::new);
        lastFaults = new Problem[pairs.length];
        index = NameIndex.of(List.of(pairs));
        for (int i = 0; i < pairs.length; i++) {
            noticeExpiry(i, pairs[i]);
        }
    }

    @Override
    public Optional<ServerCertificate> find(Hostname name) {
        return index.find(name, timers.now());
    }

    NameIndex index() {
        return index;
    }

    /** The certificates in use by the first name of each. */
    Map<String, ServerCertificate> byLabel() {
        Map<String, ServerCertificate> certificates = new TreeMap<>();
        index.pairs().forEach(pair -> certificates.put(pair.label(), pair.certificate()));
        return certificates;
    }

    /** What people want to know about each pair. */
    synchronized List<CertificateReport> reports() {
        List<CertificateReport> reports = new ArrayList<>();
        for (int i = 0; i < pairs.length; i++) {
            Optional<Problem> fault = Optional.ofNullable(lastFaults[i]);
            boolean over = pairs[i].expiredAt(timers.now());
            CertificateReport.State state = over
                    ? CertificateReport.State.EXPIRED
                    : fault.isPresent() ? CertificateReport.State.RENEWAL_FAILED : CertificateReport.State.READY;
            for (String name : pairs[i].names()) {
                reports.add(new CertificateReport(
                        name,
                        CertificateReport.Source.FILES,
                        state,
                        Optional.of(pairs[i].expires()),
                        Optional.empty(),
                        fault));
            }
        }
        return reports;
    }

    /** Looks at the files every {@link #WATCH} from now on. */
    public void watch(Executor executor) {
        if (!closed) {
            watch = timers.schedule(executor, WATCH, () -> {
                reload();
                watch(executor);
            });
        }
    }

    /**
     * Reads every pair whose files changed and swaps them in at once; a pair that cannot be used stays as it was.
     *
     * @return what was wrong, in the order of the configuration; empty when all pairs are as on disk
     */
    public List<Problem> reload() {
        List<Problem> problems;
        boolean renewed;
        synchronized (this) {
            renewed = false;
            for (int i = 0; i < pairs.length; i++) {
                renewed |= reload(i);
            }
            if (renewed) {
                index = NameIndex.of(List.of(pairs));
            }
            problems = problems();
        }
        if (renewed) {
            changed.run();
        }
        return problems;
    }

    private List<Problem> problems() {
        return Arrays.stream(lastFaults)
                .flatMap(fault -> Optional.ofNullable(fault).stream())
                .toList();
    }

    private boolean reload(int i) {
        try {
            PemPair read = PemPair.read(files.get(i));
            if (read.sameContent(pairs[i])) {
                lastFaults[i] = null;
                return false;
            }
            if (read.expiredAt(timers.now()) && !pairs[i].expiredAt(timers.now())) {
                throw new ProblemException(read.expiry());
            }
            pairs[i] = read;
            lastFaults[i] = null;
            LOG.info(
                    "Certificate {} was renewed; it lasts until {}.",
                    files.get(i).certificate(),
                    read.expires());
            noticeExpiry(i, read);
            return true;
        } catch (ProblemException e) {
            notice(i, e.problem());
            return false;
        }
    }

    private void noticeExpiry(int i, PemPair pair) {
        if (pair.expiredAt(timers.now())) {
            notice(i, pair.expiry());
        }
    }

    private void notice(int i, Problem problem) {
        if (!problem.equals(lastFaults[i])) {
            lastFaults[i] = problem;
            events.happened(new GatewayEvent.Notice(problem));
        }
    }

    @Override
    public void close() {
        closed = true;
        Timers.Timeout timeout = watch;
        if (timeout != null) {
            timeout.cancel();
        }
    }
}
