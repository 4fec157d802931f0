package sallyport.gateway.edge;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Looks at the certificates that devices show under hostnames that are passed through, so that people can compare them with
 * what their browsers show, and hear of a change. Visitors meet those certificates without us; this is a second pair of eyes.
 *
 * <p>A hostname is looked at a moment after its port was granted, when it begins to be passed through, and every {@link #PERIOD};
 * {@link #MAX_LOOKS} at a time, each with a deadline. Any thread may call it; the work runs on the tunnels' loops.
 */
public final class PassthroughCheck implements Tunnels.OfferListener, DirectoryHolder.Subscriber {
    static final Duration PERIOD = Duration.ofHours(1);
    /** The probe of what the port speaks goes first. */
    static final Duration AFTER_GRANT = Duration.ofSeconds(1);

    static final int MAX_LOOKS = 8;

    private final Tunnels tunnels;
    private final Timers timers;
    private final GatewayEvents events;
    private final Executor loop;
    private final Consumer<Map<Hostname, String>> remember;
    private final ConcurrentMap<Hostname, Shown> shown = new ConcurrentHashMap<>();
    private final Set<HostnameRoute> due = new LinkedHashSet<>();
    private volatile Map<PortNumber, List<HostnameRoute>> routes;
    private int looking;

    /**
     * A certificate that a device showed.
     *
     * @param fingerprint of it, as {@code DeviceCertificate} gives it
     * @param at when it was last seen; empty when that was before the start
     */
    public record Shown(String fingerprint, Optional<Instant> at) {}

    /**
     * @param known what was remembered before the start
     * @param loop where the periodic look begins
     * @param remember told on an event loop of everything that is known, when that changes; must not block
     */
    public PassthroughCheck(
            DirectoryHolder directory,
            Tunnels tunnels,
            Timers timers,
            GatewayEvents events,
            Executor loop,
            Map<Hostname, String> known,
            Consumer<Map<Hostname, String>> remember) {
        this.tunnels = tunnels;
        this.timers = timers;
        this.events = events;
        this.loop = loop;
        this.remember = remember;
        known.forEach((hostname, fingerprint) -> shown.put(hostname, new Shown(fingerprint, Optional.empty())));
        routes = passedThrough(directory.current());
        later();
    }

    /** What the device behind a hostname showed last. */
    public Optional<Shown> find(Hostname hostname) {
        return Optional.ofNullable(shown.get(hostname));
    }

    private void later() {
        timers.schedule(loop, PERIOD, () -> {
            routes.values().forEach(all -> all.forEach(this::look));
            later();
        });
    }

    @Override
    public void offered(Offer offer) {
        for (HostnameRoute route : routes.getOrDefault(offer.port(), List.of())) {
            timers.schedule(offer.tunnel().loop(), AFTER_GRANT, () -> look(route));
        }
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        Map<PortNumber, List<HostnameRoute>> old = routes;
        Map<PortNumber, List<HostnameRoute>> fresh = passedThrough(now);
        routes = fresh;
        shown.keySet().removeIf(hostname -> {
            Optional<PortNumber> port = leadsTo(now, hostname);
            return port.isEmpty() || !port.equals(leadsTo(before, hostname));
        });
        fresh.forEach((port, all) -> all.stream()
                .filter(route -> old.getOrDefault(port, List.of()).stream()
                        .noneMatch(known -> known.hostname().equals(route.hostname())))
                .forEach(this::look));
        return CompletableFuture.completedFuture(null);
    }

    private static Optional<PortNumber> leadsTo(Directory directory, Hostname hostname) {
        return directory
                .findHostname(hostname)
                .filter(route -> route.tls() == TlsMode.PASSTHROUGH)
                .map(HostnameRoute::port);
    }

    /** A wildcard is no name that a device could be asked for. */
    private static Map<PortNumber, List<HostnameRoute>> passedThrough(Directory directory) {
        return directory.hostnames().stream()
                .filter(route ->
                        route.tls() == TlsMode.PASSTHROUGH && !route.hostname().isWildcard())
                .collect(Collectors.groupingBy(HostnameRoute::port));
    }

    private void look(HostnameRoute route) {
        synchronized (this) {
            due.add(route);
        }
        next();
    }

    private void next() {
        for (HostnameRoute route = take(); route != null; route = take()) {
            HostnameRoute current = route;
            tunnels.find(route.port())
                    .filter(offer -> offer.tunnel().device().equals(current.device()))
                    .ifPresentOrElse(
                            offer -> new CertificateLook(offer, current.hostname(), timers)
                                    .begin(found -> looked(current, found)),
                            this::done);
        }
    }

    private synchronized @Nullable HostnameRoute take() {
        if (looking >= MAX_LOOKS || due.isEmpty()) {
            return null;
        }
        looking++;
        HostnameRoute first = due.iterator().next();
        due.remove(first);
        return first;
    }

    private synchronized void done() {
        looking--;
    }

    private void looked(HostnameRoute route, Optional<String> found) {
        done();
        found.ifPresent(fingerprint -> seen(route, fingerprint));
        next();
    }

    private void seen(HostnameRoute route, String fingerprint) {
        if (routes.getOrDefault(route.port(), List.of()).stream()
                .noneMatch(now -> now.hostname().equals(route.hostname()))) {
            return; // it leads elsewhere by now
        }
        Shown before = shown.put(route.hostname(), new Shown(fingerprint, Optional.of(timers.now())));
        if (before != null && before.fingerprint().equals(fingerprint)) {
            return;
        }
        remember.accept(shown.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().fingerprint())));
        if (before != null) {
            events.happened(new GatewayEvent.Notice(Fault.PASSTHROUGH_CERTIFICATE_CHANGED.problem(
                    "hostname",
                    route.hostname(),
                    "device",
                    route.device(),
                    "now",
                    fingerprint,
                    "before",
                    before.fingerprint())));
        }
    }
}
