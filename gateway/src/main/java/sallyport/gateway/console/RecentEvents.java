package sallyport.gateway.console;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.Http2Offer;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * What an operator should have read lately: refusals of each device, clients that are too old, and notices of the gateway
 * itself. Bounded, the newest win; the same trouble is kept once, with its last time. Any thread may call it; the lock is
 * held for one step in memory.
 */
public final class RecentEvents implements GatewayEvents, DirectoryHolder.Subscriber {
    static final int MAX_OLD_CLIENTS = 64;
    static final int MAX_NOTICES = 64;
    static final int MAX_REFUSALS = 10;
    static final int MAX_DEAD_ENDS = 4;
    private static final int MAX_DEVICES = 10_000;

    private final Timers timers;
    private final Deque<OldClient> oldClients = new ArrayDeque<>();
    private final Deque<Refused> notices = new ArrayDeque<>();
    private final Map<DeviceName, Deque<Refused>> refusals = new HashMap<>();
    private final Map<Hostname, Deque<DeadEnd>> deadEnds = new HashMap<>();
    private final Map<Hostname, Instant> http1Alone = new HashMap<>();

    /** As many as the TLS library has groups. */
    private final ConcurrentMap<String, LongAdder> keyExchanges = new ConcurrentHashMap<>();

    public RecentEvents(Timers timers) {
        this.timers = timers;
    }

    /** One refusal, or one notice. */
    record Refused(Instant at, Problem why) {}

    /** A target of redirects that no visitor can reach. */
    record DeadEnd(String target, Problem why) {}

    /** One client that was refused for its age; the device when its key named one. */
    record OldClient(Optional<DeviceName> device, InetSocketAddress from, String client, Instant at, Problem why) {}

    @Override
    public void happened(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.LoginRefused e -> {
                if (e.why().fault() == Fault.OLD_CLIENT) {
                    oldClient(new OldClient(e.device(), e.from(), e.client(), timers.now(), e.why()));
                }
                e.device().ifPresent(device -> refused(device, e.why()));
            }
            case GatewayEvent.ForwardRefused e -> refused(e.device(), e.why());
            case GatewayEvent.RequestRefused e -> refused(e.device(), e.why());
            case GatewayEvent.Notice e -> notice(e.problem());
            case GatewayEvent.DeadEnd e -> deadEnd(e);
            case GatewayEvent.Http1Alone e -> http1Alone(e);
            case GatewayEvent.VisitorSecured e ->
                keyExchanges
                        .computeIfAbsent(e.group(), group -> new LongAdder())
                        .increment();
            default -> {
                // everything else is shown as a state, counted or logged
            }
        }
    }

    /** Handshakes with visitors by the group of their key exchange, since the start. */
    Map<String, Long> keyExchanges() {
        Map<String, Long> counts = new TreeMap<>();
        keyExchanges.forEach((group, count) -> counts.put(group, count.sum()));
        return counts;
    }

    private synchronized void oldClient(OldClient old) {
        oldClients.removeIf(known -> known.from().getAddress().equals(old.from().getAddress())
                && known.client().equals(old.client())
                && known.device().equals(old.device()));
        push(oldClients, old, MAX_OLD_CLIENTS);
    }

    private synchronized void refused(DeviceName device, Problem why) {
        if (refusals.size() < MAX_DEVICES || refusals.containsKey(device)) {
            add(refusals.computeIfAbsent(device, name -> new ArrayDeque<>()), why, MAX_REFUSALS);
        }
    }

    private synchronized void deadEnd(GatewayEvent.DeadEnd e) {
        if (deadEnds.size() < MAX_DEVICES || deadEnds.containsKey(e.hostname())) {
            Deque<DeadEnd> list = deadEnds.computeIfAbsent(e.hostname(), name -> new ArrayDeque<>());
            list.removeIf(known -> known.target().equals(e.target()));
            push(list, new DeadEnd(e.target(), e.why()), MAX_DEAD_ENDS);
        }
    }

    private synchronized void http1Alone(GatewayEvent.Http1Alone e) {
        if (http1Alone.size() < MAX_DEVICES || http1Alone.containsKey(e.hostname())) {
            http1Alone.put(e.hostname(), e.until());
        }
    }

    private synchronized void notice(Problem why) {
        add(notices, why, MAX_NOTICES);
    }

    private void add(Deque<Refused> list, Problem why, int most) {
        list.removeIf(known -> known.why().equals(why));
        push(list, new Refused(timers.now(), why), most);
    }

    private static <T> void push(Deque<T> list, T entry, int most) {
        list.addFirst(entry);
        if (list.size() > most) {
            list.removeLast();
        }
    }

    /** Newest first. */
    synchronized List<OldClient> oldClients() {
        return List.copyOf(oldClients);
    }

    /** Newest first. */
    synchronized List<Problem> notices() {
        return notices.stream().map(Refused::why).toList();
    }

    /** Where this name has led visitors in vain, newest first. */
    synchronized List<DeadEnd> deadEnds(Hostname hostname) {
        return List.copyOf(deadEnds.getOrDefault(hostname, new ArrayDeque<>()));
    }

    /** Until when this name offers HTTP/1.1 alone, because the device was seen to need that. */
    synchronized Optional<Instant> http1Alone(Hostname hostname) {
        return Optional.ofNullable(http1Alone.get(hostname)).filter(timers.now()::isBefore);
    }

    /** Forgets names that are gone, and what the operator has decided. */
    @Override
    public synchronized CompletionStage<?> directoryChanged(Directory before, Directory now) {
        deadEnds.keySet().removeIf(hostname -> now.findHostname(hostname).isEmpty());
        http1Alone
                .keySet()
                .removeIf(hostname -> now.findHostname(hostname)
                        .filter(route -> route.options().value(HostnameOption.HTTP2) == Http2Offer.AUTO)
                        .isEmpty());
        return CompletableFuture.completedFuture(null);
    }

    /** What the device asked for and did not get, newest first. */
    synchronized List<Refused> refusals(DeviceName device) {
        return List.copyOf(refusals.getOrDefault(device, new ArrayDeque<>()));
    }
}
