package sallyport.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.cert.Certificates;
import sallyport.gateway.config.DataFolder;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.console.Console;
import sallyport.gateway.console.ManagementListener;
import sallyport.gateway.console.RecentEvents;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.edge.ConsoleTarget;
import sallyport.gateway.edge.Deadlines;
import sallyport.gateway.edge.DeviceProbe;
import sallyport.gateway.edge.FrontSettings;
import sallyport.gateway.edge.HttpsFront;
import sallyport.gateway.edge.OpenPortListeners;
import sallyport.gateway.edge.PageFetch;
import sallyport.gateway.edge.PassthroughCheck;
import sallyport.gateway.edge.ProxyHeader;
import sallyport.gateway.edge.RedirectFront;
import sallyport.gateway.edge.SshOnHttps;
import sallyport.gateway.edge.TrustedProxies;
import sallyport.gateway.edge.Uploads;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.event.EventLog;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.event.KnockingKeys;
import sallyport.gateway.event.Metrics;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.ssh.FrontDoor;
import sallyport.gateway.ssh.HostKeys;
import sallyport.gateway.ssh.SshSettings;
import sallyport.gateway.store.GatewayClaims;
import sallyport.gateway.store.JdbcDirectoryStore;
import sallyport.gateway.store.StoredDirectory;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Doorstep;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.Tunnels;
import sallyport.gateway.tunnel.WindowBudget;

/**
 * The running gateway: builds everything in data-flow order, starts it and drains it. What can be wrong with configuration,
 * data folder, certificates and store is found before anything listens; when a listener fails, those before it are closed
 * again.
 *
 * <p>{@link #start} and {@link #close} block, for control-plane threads.
 */
public final class Gateway implements AutoCloseable {
    /** How long requests that are under way may take to end when the gateway stops. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final GatewayConfig config;
    private final OpenParts parts;
    private final GatewayAddresses addresses = new GatewayAddresses();
    private final StoredDirectory stored;
    private final Tunnels tunnels;
    private final Certificates certificates;
    private final SystemdNotifier systemd;
    private final GuardedStop guardedStop;

    /**
     * Starts everything.
     *
     * @return when all listeners accept
     * @throws sallyport.gateway.fault.ProblemException in words for an operator; nothing stays open then
     */
    public static Gateway start(GatewayConfig config, GatewayOptions options) {
        Gateway gateway = null;
        OpenParts parts = new OpenParts();
        try {
            gateway = new Gateway(config, options, parts);
            return gateway;
        } finally {
            if (gateway == null) {
                parts.close();
            }
        }
    }

    private Gateway(GatewayConfig config, GatewayOptions options, OpenParts parts) {
        this.config = config;
        this.parts = parts;
        ExecutorService blocking = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("sallyport-blocking-", 0).factory());
        parts.add("blocking work", blocking::shutdownNow);
        Timers timers = options.timers().orElseGet(() -> systemTimers(parts));

        // what is on disk
        DataFolder data = DataFolder.open(config.data());
        parts.add("data folder", data);
        JdbcDirectoryStore store = JdbcDirectoryStore.open(config.database());
        parts.add("store", store);
        stored = new StoredDirectory(store, GatewayClaims.of(config), timers::now);
        DirectoryHolder directory = stored.holder();
        boolean mayMakeKeys =
                options.newHostKeys() || directory.current().devices().isEmpty();
        HostKeys hostKeys = HostKeys.open(config.data(), mayMakeKeys);

        // what happened
        Metrics metrics = new Metrics(options.version());
        DeviceHistory history = new DeviceHistory(timers);
        KnockingKeys knocking = new KnockingKeys(timers);
        RecentEvents recent = new RecentEvents(timers);
        directory.subscribe(history);
        directory.subscribe(knocking);
        directory.subscribe(recent);
        EventLog log = new EventLog(timers);
        PinMemory pins = new PinMemory(stored, blocking);
        GatewayEvents events = GatewayEvents.all(List.of(log, metrics, history, knocking, recent, pins));
        hostKeys.warnings().forEach(warning -> events.happened(new GatewayEvent.Notice(warning)));

        certificates = Certificates.open(config, directory, timers, events, blocking);
        parts.add("certificates", certificates);

        // where devices and visitors meet
        EventLoops loops = new EventLoops(options.loops());
        parts.add("event loops", loops);
        systemd = new SystemdNotifier(loops.group(), options.notifySocket());
        Uploads uploads = new Uploads(timers, events);
        guardedStop = new GuardedStop(uploads, timers, events, systemd);
        tunnels = new Tunnels(timers, events);
        directory.subscribe(tunnels);
        OpenPortListeners openPorts = new OpenPortListeners(tunnels, directory, timers, events);
        parts.add("open ports", openPorts);
        directory.subscribe(openPorts);
        tunnels.openPorts(openPorts);
        DeviceProbe probe = new DeviceProbe(tunnels, directory, timers, events, new TlsMemory(stored, blocking));
        directory.subscribe(probe);
        tunnels.listen(probe);
        PassthroughMemory seen = new PassthroughMemory(config.data(), blocking);
        PassthroughCheck passthrough = new PassthroughCheck(
                directory, tunnels, timers, events, loops.group().next(), seen.read(), seen);
        directory.subscribe(passthrough);
        tunnels.listen(passthrough);
        PageFetch pages = new PageFetch(tunnels, probe, loops.group(), timers);
        RunningFacts facts = new RunningFacts(
                options.version(),
                timers.now(),
                addresses,
                hostKeys,
                certificates,
                probe,
                history,
                uploads,
                passthrough);
        gauges(metrics, uploads);
        metrics.total("sallyport_log_lines_dropped", "Log lines that sampling kept back", log::dropped);

        // the doors, from the inside out: what depends on an inner one opens after it
        ManagementListener management = ManagementListener.start(
                config.management().listen(), new RunningHealth(options.version(), metrics, addresses));
        parts.add("management", management);
        addresses.add("management", resolve(management.addresses()));
        Console console = Console.start(new Console.Parts(
                config,
                data.adminToken(),
                directory,
                stored,
                tunnels,
                timers,
                history,
                knocking,
                recent,
                facts,
                pages::get));
        parts.add("console", console);
        addresses.add("console", resolve(console.addresses()));
        Optional<ConsoleTarget> consoleByName = config.console()
                .hostname()
                .map(name -> new ConsoleTarget(
                        name, () -> reachable(addresses.console().getFirst())));
        FrontDoor frontDoor = new FrontDoor(
                new SshSettings(
                        config.ssh().listen(),
                        config.ssh().user(),
                        hostKeys,
                        new ProxyHeader("ssh", config.ssh().balancers(), timers, events),
                        loops.group()),
                directory,
                tunnels,
                WindowBudget.ofMemory(),
                timers,
                events,
                new DeviceUrls(directory, config.ssh().publicName().or(config::domain), this::publicPort));
        HttpsFront https = new HttpsFront(
                front(
                        config.https().listen(),
                        consoleByName,
                        new ProxyHeader("https", config.https().balancers(), timers, events),
                        sshOnHttps(frontDoor)),
                loops.group(),
                directory,
                tunnels,
                certificates,
                probe,
                uploads,
                timers,
                events);
        parts.add("HTTPS front", () -> https.stop(DRAIN));
        addresses.add("https", https.start());
        RedirectFront redirect = new RedirectFront(
                front(
                        config.http().listen(),
                        consoleByName,
                        new ProxyHeader("http", config.http().balancers(), timers, events),
                        SshOnHttps.NONE),
                loops.group(),
                directory,
                certificates.challenges(),
                timers,
                events);
        parts.add("redirect front", redirect::stop);
        addresses.add("http", redirect.start());
        parts.add("SSH front door", frontDoor);
        addresses.add("ssh", frontDoor.start());
        missingFamily().ifPresent(warning -> events.happened(new GatewayEvent.Notice(warning)));

        LOG.info("Sockets by {}, TLS by {}", EventLoops.transport(), HttpsFront.tlsProvider());
        systemd.ready(directory.current().devices().size() + " devices");
    }

    private Optional<Problem> missingFamily() {
        MissingFamily missing = new MissingFamily();
        missing.look("ssh", config.ssh().listen(), addresses.ssh());
        missing.look("https", config.https().listen(), addresses.https());
        missing.look("http", config.http().listen(), addresses.http());
        missing.look("console", config.console().listen(), addresses.console());
        missing.look("management", config.management().listen(), addresses.management());
        return missing.findWarning();
    }

    private static Timers systemTimers(OpenParts parts) {
        SystemTimers timers = new SystemTimers();
        parts.add("timers", timers);
        return timers;
    }

    private FrontSettings front(
            List<ListenAddress> listen, Optional<ConsoleTarget> consoleByName, Doorstep doorstep, SshOnHttps ssh) {
        return new FrontSettings(
                listen,
                this::publicPort,
                consoleByName,
                doorstep,
                proxies(),
                ssh,
                Deadlines.DEFAULT,
                FrontSettings.MAX_VISITORS);
    }

    private TrustedProxies proxies() {
        GatewayConfig.Proxies proxies = config.https().proxies();
        return new TrustedProxies(
                proxies.from(),
                switch (proxies.header()) {
                    case X_FORWARDED -> TrustedProxies.Style.X_FORWARDED;
                    case FORWARDED -> TrustedProxies.Style.FORWARDED;
                });
    }

    private SshOnHttps sshOnHttps(FrontDoor door) {
        Optional<Hostname> name = config.ssh().hostname();
        return switch (config.https().ssh()) {
            case GREET -> new SshOnHttps(Optional.of(door), name, Optional.of(SshOnHttps.GREET_AFTER));
            case YES -> new SshOnHttps(Optional.of(door), name, Optional.empty());
            case NO -> SshOnHttps.NONE;
        };
    }

    private void gauges(Metrics metrics, Uploads uploads) {
        metrics.gauge(
                "sallyport_uploads",
                "Bodies on their way to devices",
                () -> uploads.list().size());
        metrics.gauge("sallyport_uploads_guarded", "Uploads that a stop would wait for", uploads::guarded);
        metrics.gauge(
                "sallyport_tunnels", "Live tunnels", () -> tunnels.tunnels().size());
        metrics.gauge(
                "sallyport_ports_offered",
                "Ports that a tunnel offers",
                () -> tunnels.offers().size());
        metrics.gauge(
                "sallyport_streams_open",
                "Open streams",
                () -> tunnels.tunnels().stream()
                        .mapToInt(tunnel -> tunnel.figures().streams())
                        .sum());
        metrics.gauge("sallyport_heap_used_bytes", "Java heap in use", MemoryInUse::heap);
        metrics.gauge("sallyport_direct_memory_used_bytes", "Buffers outside the heap", MemoryInUse::direct);
        metrics.certificates(certificates::expiries);
    }

    /** The port that links and redirects say. */
    private int publicPort() {
        return config.https()
                .publicPort()
                .orElseGet(() -> addresses.https().isEmpty()
                        ? config.https().listen().getFirst().port()
                        : addresses.https().getFirst().getPort());
    }

    /** Where the gateway itself reaches a listener: one on all addresses through loopback. */
    private static InetSocketAddress reachable(InetSocketAddress listener) {
        return listener.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getPort())
                : listener;
    }

    /** Jetty's listeners name themselves in text; these are addresses, never names. */
    private static List<InetSocketAddress> resolve(List<String> addresses) {
        return addresses.stream()
                .map(text -> URI.create("tcp://" + text))
                .map(uri -> new InetSocketAddress(uri.getHost(), uri.getPort()))
                .toList();
    }

    /** Reads the certificate files again; a pair that cannot be used stays as it was. Blocking. */
    public void reload() {
        certificates.reload();
        LOG.info("Certificates and log level were read again; listeners and ports change with a restart");
    }

    public GatewayAddresses addresses() {
        return addresses;
    }

    /** Changes the directory as an operator does. */
    public DirectoryEditor editor() {
        return stored;
    }

    public DirectoryHolder directory() {
        return stored.holder();
    }

    public Tunnels tunnels() {
        return tunnels;
    }

    /** Waits for guarded uploads, stops accepting, lets requests end, tells devices, and closes everything in reverse order. */
    @Override
    public void close() {
        LOG.info("Stopping");
        guardedStop.await();
        systemd.stopping();
        parts.close();
    }
}
