package sallyport.gateway.console;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.console.api.WhyAnswer.Step;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.OpenPorts.Listening;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.Tunnels;

/** The visitor's way behind this gateway: rule, tunnel, port and the device's own answer. Blocking. */
final class WayToDevice {
    private final Tunnels tunnels;
    private final DeviceHistory history;
    private final GatewayFacts facts;
    private final DeviceStates states;

    WayToDevice(Console.Parts parts, DeviceViews views) {
        this.tunnels = parts.tunnels();
        this.history = parts.history();
        this.facts = parts.facts();
        this.states = views.states();
    }

    void walk(Device device, PortNumber port, Optional<InetAddress> visitor, List<Step> steps) {
        steps.add(rule(device, visitor));
        if (!device.enabled()) {
            Problem disabled = Fault.DEVICE_DISABLED.problem("device", device.name());
            steps.add(Steps.failed("device", disabled));
            return;
        }
        List<Tunnel> live = tunnels.tunnels(device.name());
        steps.add(tunnel(device, live));
        if (live.isEmpty()) {
            return;
        }
        Optional<Offer> offer = states.findOffer(device, port);
        if (offer.isEmpty()) {
            steps.add(Steps.failed(
                    "forward",
                    "the device is connected but has not asked for port " + port,
                    Fault.DEVICE_OFFLINE,
                    "Set the listening port to " + port + " in the device (-R " + port + ":localhost:443)."));
            return;
        }
        steps.add(Steps.ok(
                "forward", "port " + port + " is forwarded", offer.get().since()));
        steps.add(answer(device, port));
    }

    private static Step rule(Device device, Optional<InetAddress> visitor) {
        if (device.visitorFrom().isEmpty()) {
            return Steps.ok("rule", "every visitor may reach " + device.name());
        }
        String networks = String.join(", ", Words.of(device.visitorFrom()));
        if (visitor.isEmpty()) {
            return Steps.unsure(
                    "rule",
                    "only visitors from " + networks + " may reach " + device.name(),
                    "Ask with --from ADDRESS.");
        }
        String address = visitor.get().getHostAddress();
        return device.mayBeVisitedFrom(visitor.get())
                ? Steps.ok("rule", address + " is in " + networks)
                : Steps.failed(
                        "rule",
                        address + " is not in " + networks,
                        Fault.VISITOR_FORBIDDEN,
                        "Allow it with `sallyport device set " + device.name() + " --from ...`.");
    }

    private Step tunnel(Device device, List<Tunnel> live) {
        if (live.isEmpty()) {
            DeviceHistory.Seen seen = history.of(device.name());
            return seen.lastSeen()
                    .map(at -> Steps.failed(
                            "tunnel",
                            "the device is not connected; it was last seen"
                                    + seen.lastAddress()
                                            .map(address -> " at " + Words.address(address))
                                            .orElse(""),
                            Fault.DEVICE_OFFLINE,
                            Fault.DEVICE_OFFLINE.fix(),
                            at))
                    .orElseGet(() -> Steps.failed(
                            "tunnel",
                            "the device has never connected",
                            Fault.DEVICE_OFFLINE,
                            "Type SSH host, port, user and listening port into it: sallyport device show "
                                    + device.name()));
        }
        Tunnel newest = live.getFirst();
        String where = "connected from " + Words.address(newest.peer().address()) + " with "
                + newest.peer().client();
        int missed = newest.figures().missedKeepalives();
        return missed > 0
                ? Steps.unsure("tunnel", where + ", but it missed " + missed + " keepalives", "Check its network.")
                : Steps.ok("tunnel", where, newest.peer().since());
    }

    private Step answer(Device device, PortNumber port) {
        GatewayFacts.Answered answered = facts.ask(device.name(), port);
        if (answered.problem().isPresent()) {
            return Steps.failed("device's answer", answered.problem().get());
        }
        return switch (answered.speech()) {
            case TLS -> Steps.ok("device's answer", "it speaks TLS", Instant.now());
            case PLAIN -> Steps.ok("device's answer", "it speaks plain HTTP", Instant.now());
            case UNKNOWN ->
                Steps.unsure(
                        "device's answer",
                        "it accepts connections, but speaks neither TLS nor HTTP",
                        "Check which port its forward leads to.");
            case DOWN -> Steps.failed("device's answer", Fault.WEB_SERVER_DOWN.problem());
        };
    }

    /** Where an open port really listens. */
    static Step listening(Offer offer) {
        return switch (offer.listening()) {
            case Listening.Open open -> Steps.ok("socket", "listens on " + String.join(", ", open.addresses()));
            case Listening.Waiting waiting -> Steps.failed("socket", waiting.why());
            case Listening.Refused refused -> Steps.failed("socket", refused.why());
        };
    }
}
