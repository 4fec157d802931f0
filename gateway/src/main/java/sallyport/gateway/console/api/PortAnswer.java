package sallyport.gateway.console.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A port of a device.
 *
 * @param device whose it is
 * @param kind {@code private} or {@code open}
 * @param bind where an open port may listen; empty means all addresses
 * @param bindChoice {@code grant} or {@code client}
 * @param automatic true for the port that was stored at the device's creation
 * @param tlsSeen true once the device answered in TLS here
 * @param speech what the device's side speaks: {@code tls}, {@code plain}, {@code unknown} or {@code down}; absent when
 *     nobody has asked yet
 * @param forward what the device's tunnel made of it; absent while no tunnel holds it
 * @param reachableBy who can reach it, in words
 * @param url where visitors reach it
 */
public record PortAnswer(
        String device,
        int port,
        String kind,
        List<String> bind,
        String bindChoice,
        boolean automatic,
        boolean tlsSeen,
        Optional<String> speech,
        Optional<Forward> forward,
        String reachableBy,
        Optional<String> url) {

    /**
     * A forward that stands.
     *
     * @param requested what the client asked to listen on, as it spelled it
     * @param state {@code listening}, {@code private}, {@code waiting} or {@code refused}
     * @param addresses where it really listens
     * @param problem why it waits, or a warning
     */
    public record Forward(
            Instant since,
            String requested,
            String state,
            List<String> addresses,
            String tunnelAddress,
            List<Notice> problem) {}
}
