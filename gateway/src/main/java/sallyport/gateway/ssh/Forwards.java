package sallyport.gateway.ssh;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/**
 * The forwards of one session, from the wish to the end. Whether a wish is granted is decided by the directory's current
 * snapshot; who owns the port is decided by {@link sallyport.gateway.tunnel.Tunnels} at the grant.
 *
 * <p>On the session's loop.
 */
final class Forwards {
    /** A device has a handful of services; more is a mistake or an attempt to keep us busy. */
    static final int MOST_FORWARDS = 32;

    private final DeviceSession session;
    private final DoorContext door;
    private final Map<PortNumber, Forward> held = new LinkedHashMap<>();

    Forwards(DeviceSession session, DoorContext door) {
        this.session = session;
        this.door = door;
    }

    /**
     * The device asks for a forward.
     *
     * @param number the port as it came over the wire; 0 means the automatic one
     * @return completes on the loop
     */
    CompletionStage<ForwardAnswer> ask(String address, long number) {
        Directory directory = door.directory().current();
        return switch (ForwardPolicy.decide(directory, session.device(), address, number)) {
            case ForwardPolicy.Decision.Refused refused ->
                CompletableFuture.completedFuture(refuse(number, refused.why()));
            case ForwardPolicy.Decision.Allowed allowed -> {
                Optional<Problem> full = overLimit(allowed.port(), number);
                yield full.isPresent()
                        ? CompletableFuture.completedFuture(refuse(number, full.get()))
                        : grant(allowed.port(), address);
            }
        };
    }

    private Optional<Problem> overLimit(Port port, long number) {
        if (number == 0 && held.containsKey(port.number())) {
            return Optional.of(
                    Fault.AUTOMATIC_PORT_TAKEN.problem("port", port.number(), "ports", session.portsInWords()));
        }
        return held.size() >= MOST_FORWARDS && !held.containsKey(port.number())
                ? Optional.of(Fault.TOO_MANY_FORWARDS.problem("limit", MOST_FORWARDS))
                : Optional.empty();
    }

    private CompletionStage<ForwardAnswer> grant(Port port, String address) {
        // It is ours from here on: a newer grant may take it back while the socket is still being opened.
        held.put(
                port.number(),
                new Forward(
                        port,
                        address,
                        new Listening.Open(List.of(), List.of()),
                        door.timers().now()));
        return door.tunnels().grant(session, port, address).thenApply(listening -> granted(port, address, listening));
    }

    private ForwardAnswer granted(Port port, String address, Listening listening) {
        if (listening instanceof Listening.Refused refused) {
            held.remove(port.number());
            return refuse(port.number().value(), refused.why());
        }
        held.computeIfPresent(
                port.number(), (number, forward) -> new Forward(port, address, listening, forward.since()));
        Optional<Problem> warning = switch (listening) {
            case Listening.Open open -> open.warnings().stream().findFirst();
            case Listening.Waiting waiting -> Optional.of(waiting.why());
            case Listening.Refused refused -> Optional.of(refused.why());
        };
        door.events()
                .happened(new GatewayEvent.ForwardGranted(
                        session.device(), port.number(), session.peer().address(), warning));
        return new ForwardAnswer.Granted(port.number());
    }

    private ForwardAnswer refuse(long number, Problem why) {
        int shown = (int) Math.min(number, Integer.MAX_VALUE);
        door.events()
                .happened(new GatewayEvent.ForwardRefused(
                        session.device(), shown, session.peer().address(), why));
        return new ForwardAnswer.Refused(why);
    }

    /** The device cancels a forward; false when it has none such. Its streams go on (RFC 4254 section 7.1). */
    boolean cancel(String address, long number) {
        Forward forward = find(number);
        if (forward == null || !forward.requestedAddress().equals(address)) {
            return false;
        }
        held.remove(forward.port().number());
        door.tunnels().withdraw(session, forward.port());
        return true;
    }

    /** A newer session owns the port now; false when it was not ours. */
    boolean lost(PortNumber port) {
        return held.remove(port) != null;
    }

    /** Gives back what the directory no longer grants, and grants anew what changed; returns the ports given back. */
    List<PortNumber> recheck(Directory directory) {
        List<Forward> before = List.copyOf(held.values());
        for (Forward forward : before) {
            switch (ForwardPolicy.decide(
                    directory,
                    session.device(),
                    forward.requestedAddress(),
                    forward.port().number().value())) {
                case ForwardPolicy.Decision.Refused refused -> giveBack(forward);
                case ForwardPolicy.Decision.Allowed allowed -> {
                    if (!allowed.port().open().equals(forward.port().open())) {
                        door.tunnels().withdraw(session, forward.port());
                        grant(allowed.port(), forward.requestedAddress());
                    }
                }
            }
        }
        return before.stream()
                .map(forward -> forward.port().number())
                .filter(port -> !held.containsKey(port))
                .toList();
    }

    private void giveBack(Forward forward) {
        held.remove(forward.port().number());
        door.tunnels().withdraw(session, forward.port());
    }

    @Nullable
    Forward find(PortNumber port) {
        return held.get(port);
    }

    private @Nullable Forward find(long number) {
        return number >= 1 && number <= 65_535 ? held.get(new PortNumber((int) number)) : null;
    }

    Collection<Forward> all() {
        return held.values();
    }

    boolean isEmpty() {
        return held.isEmpty();
    }
}
