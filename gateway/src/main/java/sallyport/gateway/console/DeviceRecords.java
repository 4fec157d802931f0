package sallyport.gateway.console;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Problem;

/** What was seen of devices and of strangers, as the console reads it. Any thread; nothing blocks. */
public interface DeviceRecords {
    Optional<Sighting> findLast(DeviceName device);

    Optional<Probe> findProbe(DeviceName device, PortNumber port);

    /** What the device asked for and did not get, newest first; bounded. */
    List<Refused> refusals(DeviceName device);

    /** True while its tunnel keeps coming and going. */
    boolean flapping(DeviceName device);

    /** The two addresses that one key is in use from; empty when there is no conflict. */
    List<InetSocketAddress> conflict(DeviceName device);

    /** Clients that were refused for their age, newest first; bounded. */
    List<OldClient> oldClients();

    /** Keys that no device owns and that knocked, newest first; bounded. */
    List<Knock> knocking();

    /** What an operator should read about the gateway itself, newest first; bounded. */
    List<Problem> notices();

    /** When and from where a device was last connected. */
    record Sighting(Instant at, InetSocketAddress from, String client) {}

    /** What a device's port spoke when it was last asked. */
    record Probe(Speech speech, Instant at, Optional<Problem> problem) {}

    /** One refusal. */
    record Refused(Instant at, Problem why) {}

    /** One refused client; the device when its key named one. */
    record OldClient(Optional<DeviceName> device, InetSocketAddress from, String client, Instant at, Problem why) {}

    /** One unknown key. */
    record Knock(
            DeviceKey key,
            InetSocketAddress from,
            String user,
            String client,
            Instant first,
            Instant last,
            long times) {}
}
