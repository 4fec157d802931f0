package sallyport.gateway.edge;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.OwnName;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/**
 * Redirects of devices to where only their own network leads: a visitor's browser ends there without a word, so the operator
 * gets one. Told once an hour for each target, for a few targets of each hostname. Any thread.
 */
final class DeadEnds {
    static final Duration REPEAT = Duration.ofHours(1);
    /** So many targets of one hostname are told apart in that time. */
    static final int MAX_TARGETS = 4;

    private static final int LONGEST_TARGET = 100;
    private static final List<String> PRIVATE_SUFFIXES =
            List.of(".local", ".lan", ".internal", ".intranet", ".home", ".corp", ".localdomain", ".home.arpa");

    private record Told(long since, Set<String> targets) {}

    private final GatewayEvents events;
    private final Timers timers;
    private final ConcurrentMap<Hostname, Told> told = new ConcurrentHashMap<>();

    DeadEnds(GatewayEvents events, Timers timers) {
        this.events = events;
        this.timers = timers;
    }

    /** Looks at the Location of an answer, as the visitor gets it. */
    void look(HostnameRoute route, @Nullable String location) {
        if (location == null) {
            return;
        }
        WebAddress.parse(location)
                .filter(address -> isPrivate(address.host()))
                .map(WebAddress::authority)
                .filter(target -> isNew(route.hostname(), target))
                .ifPresent(target -> events.happened(new GatewayEvent.DeadEnd(
                        route.device(),
                        route.hostname(),
                        Printable.clean(target, LONGEST_TARGET),
                        Fault.PRIVATE_TARGET.problem(
                                "hostname",
                                route.hostname(),
                                "target",
                                Printable.clean(target, LONGEST_TARGET),
                                "names",
                                withTarget(route, target)))));
    }

    private static String withTarget(HostnameRoute route, String target) {
        return Stream.concat(
                        route.options().value(HostnameOption.DEVICE_NAMES).stream()
                                .map(OwnName::authority),
                        Stream.of(Printable.clean(target, LONGEST_TARGET)))
                .collect(Collectors.joining(","));
    }

    private boolean isNew(Hostname hostname, String target) {
        long now = timers.nanoTime();
        boolean[] added = new boolean[1];
        told.compute(hostname, (name, before) -> {
            boolean fresh = before == null || now - before.since() >= REPEAT.toNanos();
            Set<String> targets = fresh ? new HashSet<>() : before.targets();
            added[0] = targets.size() < MAX_TARGETS && targets.add(target);
            return fresh ? new Told(now, targets) : before;
        });
        return added[0];
    }

    /** True for addresses and names that mean something on one network alone. */
    static boolean isPrivate(String host) {
        boolean bracketed = host.startsWith("[");
        try {
            return isPrivate(InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            String name = host.toLowerCase(Locale.ROOT);
            return name.indexOf('.') < 0 || PRIVATE_SUFFIXES.stream().anyMatch(name::endsWith);
        }
    }

    private static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
        return uniqueLocal
                || shared
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || address.isLoopbackAddress()
                || address.isAnyLocalAddress();
    }
}
