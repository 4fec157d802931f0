package sallyport.gateway.console;

import java.util.List;
import java.util.Optional;
import sallyport.gateway.console.api.DeviceAnswer.Lamps;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceState;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.Tunnels;

/** In which state a device is, from what its tunnels do now and what was seen of it before. Any thread. */
final class DeviceStates {
    private final Tunnels tunnels;
    private final DeviceRecords records;

    DeviceStates(Tunnels tunnels, DeviceRecords records) {
        this.tunnels = tunnels;
        this.records = records;
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
            return records.findLast(name).isPresent() ? DeviceState.OFFLINE : DeviceState.NEVER_CONNECTED;
        }
        if (stale(live)) {
            return DeviceState.STALE;
        }
        Lamps lamps = lamps(device);
        boolean reachable = !offers(device).isEmpty() && !lamps.web().equals("off") && !records.flapping(name);
        return reachable ? DeviceState.ONLINE : DeviceState.DEGRADED;
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
        return records.findProbe(device.name(), offer.port())
                .filter(probe -> !probe.at().isBefore(offer.since()))
                .map(DeviceRecords.Probe::speech);
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
