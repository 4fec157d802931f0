package sallyport.gateway.console;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.console.api.DeviceAnswer.Lamps;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceState;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.Tunnels;

/** In which state a device is, from what its tunnels do now and what was seen of it before. Any thread. */
final class DeviceStates {
    /** More ends of sessions than this within the time mean that the tunnel comes and goes. */
    private static final int FLAPPING_ENDS = 3;

    private static final Duration FLAPPING_TIME = Duration.ofMinutes(5);

    private final Tunnels tunnels;
    private final DeviceHistory history;
    private final Timers timers;

    DeviceStates(Tunnels tunnels, DeviceHistory history, Timers timers) {
        this.tunnels = tunnels;
        this.history = history;
        this.timers = timers;
    }

    DeviceState of(Device device) {
        DeviceName name = device.name();
        if (!device.enabled()) {
            return DeviceState.DISABLED;
        }
        if (tunnels.inConflict(name)) {
            return DeviceState.CONFLICT;
        }
        List<Tunnel> live = tunnels.tunnels(name);
        if (live.isEmpty()) {
            return history.of(name).lastSeen().isPresent() ? DeviceState.OFFLINE : DeviceState.NEVER_CONNECTED;
        }
        if (stale(live)) {
            return DeviceState.STALE;
        }
        Lamps lamps = lamps(device);
        boolean reachable = !offers(device).isEmpty() && !lamps.web().equals("off") && !flapping(name);
        return reachable ? DeviceState.ONLINE : DeviceState.DEGRADED;
    }

    private boolean flapping(DeviceName name) {
        return history.of(name).endsWithin(FLAPPING_TIME, timers.now()) > FLAPPING_ENDS;
    }

    Lamps lamps(Device device) {
        List<Tunnel> live = tunnels.tunnels(device.name());
        return new Lamps(live.isEmpty() ? "off" : stale(live) ? "stale" : "on", web(device));
    }

    private static boolean stale(List<Tunnel> live) {
        return live.stream().allMatch(tunnel -> tunnel.figures().missedKeepalives() > 0);
    }

    /** One port that answers lights the lamp; it goes out when all that were asked are down. */
    private String web(Device device) {
        List<Offer> offers = offers(device);
        if (offers.isEmpty()) {
            return "off";
        }
        List<Speech> speeches = offers.stream()
                .map(offer -> findSpeech(device, offer))
                .flatMap(Optional::stream)
                .toList();
        if (speeches.stream().anyMatch(speech -> speech == Speech.TLS || speech == Speech.PLAIN)) {
            return "on";
        }
        return !speeches.isEmpty() && speeches.stream().allMatch(speech -> speech == Speech.DOWN) ? "off" : "unknown";
    }

    /** What the port spoke since this forward stands; what an older tunnel's web server did says nothing. */
    Optional<Speech> findSpeech(Device device, Offer offer) {
        return Optional.ofNullable(history.of(device.name()).probes().get(offer.port()))
                .filter(probe -> !probe.at().isBefore(offer.since()))
                .map(DeviceHistory.Probe::speech);
    }

    /** The forwards that stand for the device's ports. */
    List<Offer> offers(Device device) {
        return device.ports().stream()
                .map(port -> findOffer(device, port.number()))
                .flatMap(Optional::stream)
                .toList();
    }

    Optional<Offer> findOffer(Device device, PortNumber port) {
        return tunnels.find(port).filter(offer -> offer.tunnel().device().equals(device.name()));
    }
}
