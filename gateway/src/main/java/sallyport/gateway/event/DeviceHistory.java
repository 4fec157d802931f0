package sallyport.gateway.event;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * What is remembered of each device since the gateway started: when and from where it was last seen, what went wrong last,
 * what its ports speak. Forgets a device that leaves the directory.
 *
 * <p>Any thread may call it; every entry is an immutable record, swapped whole.
 */
public final class DeviceHistory implements GatewayEvents, DirectoryHolder.Subscriber {
    /** A device has few ports; what a hostile one asks for beyond them is not kept. */
    public static final int MAX_PORTS = 256;

    /** So many ends of sessions are remembered, to tell a flapping tunnel. */
    public static final int MAX_ENDS = 10;

    private final Timers timers;
    private final ConcurrentMap<DeviceName, Seen> devices = new ConcurrentHashMap<>();

    public DeviceHistory(Timers timers) {
        this.timers = timers;
    }

    /**
     * One device's history.
     *
     * @param lastSeen when it last logged in, or its session ended
     * @param lastAddress where it dialled in from then
     * @param lastClient its SSH client's identification, cleaned; empty before the first login
     * @param lastProblem what went wrong last
     * @param takeovers how often a newer session took a port from an older one
     * @param conflict the two addresses that use its key, while that is so
     * @param probes what its ports speak, by the last probe of each
     * @param ends when its sessions ended, the newest last, at most {@link #MAX_ENDS}
     */
    public record Seen(
            Optional<Instant> lastSeen,
            Optional<InetSocketAddress> lastAddress,
            String lastClient,
            Optional<Trouble> lastProblem,
            long takeovers,
            List<InetSocketAddress> conflict,
            Map<PortNumber, Probe> probes,
            List<Instant> ends) {
        /** A device of which nothing was heard. */
        public static final Seen NOTHING =
                new Seen(Optional.empty(), Optional.empty(), "", Optional.empty(), 0, List.of(), Map.of(), List.of());

        public Seen {
            conflict = List.copyOf(conflict);
            probes = Map.copyOf(probes);
            ends = List.copyOf(ends);
        }

        /** How many sessions ended within this time before {@code now}: more than a few means that the tunnel flaps. */
        public int endsWithin(Duration time, Instant now) {
            return (int)
                    ends.stream().filter(end -> end.isAfter(now.minus(time))).count();
        }

        private Seen seen(Instant at, InetSocketAddress from, String client) {
            return new Seen(Optional.of(at), Optional.of(from), client, lastProblem, takeovers, conflict, probes, ends);
        }

        private Seen trouble(Instant at, Problem problem) {
            Optional<Trouble> trouble = Optional.of(new Trouble(at, problem));
            return new Seen(lastSeen, lastAddress, lastClient, trouble, takeovers, conflict, probes, ends);
        }

        private Seen takenOver() {
            return new Seen(lastSeen, lastAddress, lastClient, lastProblem, takeovers + 1, conflict, probes, ends);
        }

        private Seen conflict(List<InetSocketAddress> addresses) {
            return new Seen(lastSeen, lastAddress, lastClient, lastProblem, takeovers, addresses, probes, ends);
        }

        private Seen probed(PortNumber port, Probe probe) {
            if (probes.size() >= MAX_PORTS && !probes.containsKey(port)) {
                return this;
            }
            Map<PortNumber, Probe> more = new TreeMap<>(probes);
            more.put(port, probe);
            return new Seen(lastSeen, lastAddress, lastClient, lastProblem, takeovers, conflict, more, ends);
        }

        private Seen ended(Instant at) {
            List<Instant> more = new ArrayList<>(ends.size() < MAX_ENDS ? ends : ends.subList(1, ends.size()));
            more.add(at);
            return new Seen(Optional.of(at), lastAddress, lastClient, lastProblem, takeovers, conflict, probes, more);
        }
    }

    /** Something that went wrong. */
    public record Trouble(Instant at, Problem problem) {}

    /** What a port spoke when it was last tried. */
    public record Probe(Instant at, Speech speech, Optional<Problem> problem) {}

    /** The history of a device, {@link Seen#NOTHING} when nothing was heard of it. */
    public Seen of(DeviceName device) {
        return devices.getOrDefault(device, Seen.NOTHING);
    }

    @Override
    public void happened(GatewayEvent event) {
        Instant now = timers.now();
        switch (event) {
            case GatewayEvent.LoggedIn e -> change(e.device(), seen -> seen.seen(now, e.from(), e.client()));
            case GatewayEvent.LoginRefused e ->
                e.device().ifPresent(device -> change(device, seen -> seen.trouble(now, e.why())));
            case GatewayEvent.SessionEnded e -> {
                change(e.device(), seen -> seen.ended(now));
                e.why().ifPresent(why -> change(e.device(), seen -> seen.trouble(now, why)));
            }
            case GatewayEvent.ForwardGranted e ->
                e.warning().ifPresent(why -> change(e.device(), seen -> seen.trouble(now, why)));
            case GatewayEvent.ForwardRefused e -> change(e.device(), seen -> seen.trouble(now, e.why()));
            case GatewayEvent.RequestRefused e -> change(e.device(), seen -> seen.trouble(now, e.why()));
            case GatewayEvent.TakenOver e -> change(e.device(), Seen::takenOver);
            case GatewayEvent.ConflictChanged e ->
                change(e.device(), seen -> seen.conflict(e.active() ? List.of(e.first(), e.second()) : List.of()));
            case GatewayEvent.PortProbed e ->
                change(e.device(), seen -> seen.probed(e.port(), new Probe(now, e.speech(), e.problem())));
            case GatewayEvent.RequestServed e -> visitorMet(e.device(), e.problem(), now);
            case GatewayEvent.ConnectionServed e -> visitorMet(Optional.of(e.device()), e.problem(), now);
            case GatewayEvent.UnknownKeyKnocked e -> {}
            case GatewayEvent.UploadGuarded e -> {}
            case GatewayEvent.GuardedUploadEnded e -> {} // the request tells the same
            case GatewayEvent.LoginSlowed e -> {}
            case GatewayEvent.AnswerMended e -> {}
            case GatewayEvent.ParallelStreamsLowered e -> {}
            case GatewayEvent.Http1Alone e -> {}
            case GatewayEvent.CertificatePinned e -> {}
            case GatewayEvent.CertificateChanged e -> {} // visitors meet it
            case GatewayEvent.VisitorSecured e -> {}
            case GatewayEvent.VisitorRefused e -> {}
            case GatewayEvent.DeadEnd e -> {}
            case GatewayEvent.CertificateObtained e -> {}
            case GatewayEvent.Notice e -> {}
        }
    }

    private void visitorMet(Optional<DeviceName> device, Optional<Problem> problem, Instant now) {
        if (device.isPresent() && problem.isPresent()) {
            change(device.get(), seen -> seen.trouble(now, problem.get()));
        }
    }

    private void change(DeviceName device, UnaryOperator<Seen> change) {
        devices.compute(device, (name, seen) -> change.apply(seen == null ? Seen.NOTHING : seen));
    }

    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        devices.keySet().removeIf(device -> now.findDevice(device).isEmpty());
        return CompletableFuture.completedFuture(null);
    }
}
