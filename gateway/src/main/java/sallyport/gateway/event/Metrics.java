package sallyport.gateway.event;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.fault.Problem;

/**
 * Numbers for a collector (Prometheus text format). No label ever holds a text of a peer: codes, faults and fronts are
 * closed sets, so that a stranger cannot make the number of series grow.
 *
 * <p>Any thread may call it; counting never blocks.
 */
public final class Metrics implements GatewayEvents {
    /** What {@link #text()} is written in. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final String NONE = "none";
    private static final double NANOS = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Set<DeviceName> conflicts = ConcurrentHashMap.newKeySet();
    private final Counter logins = counter("sallyport_logins", "Logins of devices by result", "result", "reason");
    private final Counter unknownKeys = counter("sallyport_unknown_keys", "Keys that no device owns and that knocked");
    private final Counter loginsSlowed = counter(
            "sallyport_logins_slowed", "Unknown keys that were answered late, since their address had tried many");
    private final Counter sessionsEnded = counter("sallyport_sessions_ended", "Device sessions that ended", "reason");
    private final Counter forwards = counter("sallyport_forwards", "Forwards asked for", "result", "reason");
    private final Counter requestsRefused =
            counter("sallyport_ssh_requests_refused", "Other SSH requests refused", "reason");
    private final Counter takeovers = counter("sallyport_takeovers", "Ports taken by a newer session of a device");
    private final Counter probes = counter("sallyport_port_probes", "What devices' ports spoke", "speech");
    private final Counter answersMended =
            counter("sallyport_answers_mended", "Answers of devices with a slip of spelling that was mended", "slip");
    private final Counter streamsLowered =
            counter("sallyport_parallel_streams_lowered", "Devices found to serve fewer connections than were opened");
    private final Counter http1Alone = counter(
            "sallyport_http1_alone",
            "Times that a hostname began to offer HTTP/1.1 alone, for logins tied to connections");
    private final Counter certificates =
            counter("sallyport_device_certificates", "Certificates of devices pinned, or other than pinned", "result");
    private final Counter visitorsRefused =
            counter("sallyport_visitors_refused", "Visitors who reached no device", "front", "reason");
    private final Counter secured =
            counter("sallyport_tls_handshakes", "TLS handshakes with visitors", "version", "cipher", "group");
    private final Counter requests = counter("sallyport_http_requests", "HTTP requests answered", "code");
    private final Counter problems =
            counter("sallyport_http_problems", "HTTP requests that the gateway answered itself or broke", "reason");
    private final Counter connections = counter("sallyport_connections", "Raw connections that ended", "reason");
    private final Counter bytes = counter("sallyport_visitor_bytes", "Bytes of visitors", "front", "direction");
    private final Counter guardedUploads = counter("sallyport_guarded_uploads", "Guarded uploads that ended", "reason");
    private final Counter notices = counter("sallyport_notices", "Notices about the gateway itself", "reason");
    private final Counter obtained = counter("sallyport_certificates_obtained", "Certificates that an authority gave");
    private final Histogram duration = Histogram.builder()
            .name("sallyport_http_request_duration_seconds")
            .help("From the first byte of a request to the last byte of its answer")
            .classicOnly()
            .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
            .withoutExemplars()
            .register(registry);

    /** @param version the program's version, for {@code sallyport_build_info} */
    public Metrics(String version) {
        Info.builder()
                .name("sallyport_build_info")
                .help("The running program")
                .labelNames("version", "java")
                .register(registry)
                .addLabelValues(version, Runtime.version().toString());
        Gauge start = Gauge.builder()
                .name("sallyport_start_time_seconds")
                .help("When the process started, in seconds since 1970")
                .withoutExemplars()
                .register(registry);
        start.set(ProcessHandle.current()
                        .info()
                        .startInstant()
                        .orElseGet(Instant::now)
                        .toEpochMilli()
                / 1000.0);
        gauge("sallyport_key_conflicts", "Devices whose key is in use by two machines", conflicts::size);
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    /** Adds a number that is read whenever a collector asks, such as {@code sallyport_tunnels}. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Adds a number that only grows and is read whenever a collector asks; its name gets {@code _total}. */
    public void total(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Adds {@code sallyport_cert_not_after_timestamp_seconds} for each name that the supplier gives. */
    public void certificates(Supplier<Map<String, Instant>> expiries) {
        GaugeWithCallback.builder()
                .name("sallyport_cert_not_after_timestamp_seconds")
                .help("When a certificate expires, in seconds since 1970")
                .labelNames("name")
                .callback(callback ->
                        expiries.get().forEach((name, expiry) -> callback.call((double) expiry.getEpochSecond(), name)))
                .register(registry);
    }

    @Override
    public void happened(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.LoggedIn e -> logins.labelValues("ok", NONE).inc();
            case GatewayEvent.LoginRefused e ->
                logins.labelValues("refused", code(e.why())).inc();
            case GatewayEvent.UnknownKeyKnocked e -> unknownKeys.inc();
            case GatewayEvent.LoginSlowed e -> loginsSlowed.inc();
            case GatewayEvent.SessionEnded e ->
                sessionsEnded.labelValues(code(e.why())).inc();
            case GatewayEvent.ForwardGranted e ->
                forwards.labelValues("granted", code(e.warning())).inc();
            case GatewayEvent.ForwardRefused e ->
                forwards.labelValues("refused", code(e.why())).inc();
            case GatewayEvent.RequestRefused e ->
                requestsRefused.labelValues(code(e.why())).inc();
            case GatewayEvent.TakenOver e -> takeovers.inc();
            case GatewayEvent.ConflictChanged e -> conflict(e);
            case GatewayEvent.PortProbed e ->
                probes.labelValues(e.speech().name().toLowerCase(Locale.ROOT)).inc();
            case GatewayEvent.AnswerMended e ->
                answersMended.labelValues(e.slip().label()).inc();
            case GatewayEvent.ParallelStreamsLowered e -> streamsLowered.inc();
            case GatewayEvent.Http1Alone e -> http1Alone.inc();
            case GatewayEvent.CertificatePinned e ->
                certificates.labelValues("pinned").inc();
            case GatewayEvent.CertificateChanged e ->
                certificates.labelValues("changed").inc();
            case GatewayEvent.VisitorSecured e ->
                secured.labelValues(e.version(), e.cipher(), e.group()).inc();
            case GatewayEvent.VisitorRefused e ->
                visitorsRefused.labelValues(e.front(), code(e.why())).inc();
            case GatewayEvent.UploadGuarded e -> {}
            case GatewayEvent.GuardedUploadEnded e ->
                guardedUploads.labelValues(code(e.problem())).inc();
            case GatewayEvent.RequestServed e -> served(e);
            case GatewayEvent.ConnectionServed e -> served(e);
            case GatewayEvent.DeadEnd e -> notices.labelValues(code(e.why())).inc();
            case GatewayEvent.CertificateObtained e -> obtained.inc();
            case GatewayEvent.Notice e -> notices.labelValues(code(e.problem())).inc();
        }
    }

    private void conflict(GatewayEvent.ConflictChanged changed) {
        if (changed.active()) {
            conflicts.add(changed.device());
        } else {
            conflicts.remove(changed.device());
        }
    }

    private void served(GatewayEvent.RequestServed served) {
        int status = served.status();
        requests.labelValues(status >= 100 && status <= 599 ? Integer.toString(status) : "other")
                .inc();
        served.problem()
                .ifPresent(problem -> problems.labelValues(code(problem)).inc());
        duration.observe(served.took().toNanos() / NANOS);
        count("http", served.bytesIn(), served.bytesOut());
    }

    private void served(GatewayEvent.ConnectionServed served) {
        connections.labelValues(code(served.problem())).inc();
        count("raw", served.bytesIn(), served.bytesOut());
    }

    private void count(String front, long in, long out) {
        bytes.labelValues(front, "in").inc(Math.max(0, in));
        bytes.labelValues(front, "out").inc(Math.max(0, out));
    }

    private static String code(Optional<Problem> problem) {
        return problem.map(Metrics::code).orElse(NONE);
    }

    private static String code(Problem problem) {
        return problem.fault().code();
    }

    /** All numbers as a collector reads them. */
    public String text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
