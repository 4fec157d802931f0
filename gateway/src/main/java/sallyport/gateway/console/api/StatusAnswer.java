package sallyport.gateway.console.api;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gateway at a glance.
 *
 * @param listeners the real addresses by kind: ssh, https, http, console, management
 * @param states how many devices are in which state
 * @param waiting keys that knocked
 * @param oldClients clients that were refused because they offer nothing that is safe today
 * @param legacy devices that are admitted with old algorithms until a day
 * @param notices what an operator should read
 */
public record StatusAnswer(
        String version,
        Instant started,
        Optional<String> domain,
        Map<String, List<String>> listeners,
        List<DeviceAnswer.HostKey> hostKeys,
        KeyExchanges keyExchanges,
        Map<String, Integer> states,
        int tunnels,
        int forwards,
        int streams,
        List<DeviceLine> devices,
        List<UploadLine> uploads,
        List<WaitingKey> waiting,
        List<OldClient> oldClients,
        List<Legacy> legacy,
        List<CertificateLine> certificates,
        List<Notice> notices) {

    /**
     * How keys are agreed upon, the best first.
     *
     * @param ssh offered to devices
     * @param tls groups offered to visitors; empty where the TLS library does not say
     * @param visitors handshakes since the start by group
     */
    public record KeyExchanges(List<String> ssh, List<String> tls, Map<String, Long> visitors) {}

    /** A device in one line. */
    public record DeviceLine(
            String name,
            String title,
            String state,
            DeviceAnswer.Lamps lamps,
            List<Integer> forwards,
            int streams,
            Optional<String> address,
            Optional<Instant> since,
            Optional<Instant> lastSeen,
            Optional<String> url) {}

    /**
     * A body on its way to a device at this moment.
     *
     * @param address the visitor's
     * @param path without its query
     * @param bytes that have come so far
     * @param expected bytes of the whole, when the visitor announced them
     * @param bytesPerSecond over the last half minute or so
     * @param guarded a stop of the gateway would wait for it
     * @param id of the request, which the access log has too
     */
    public record UploadLine(
            String device,
            String hostname,
            String address,
            String path,
            long bytes,
            Optional<Long> expected,
            long bytesPerSecond,
            Instant since,
            boolean guarded,
            String id) {}

    /** A client that was refused for its age. */
    public record OldClient(
            Optional<String> device,
            String address,
            String client,
            Instant at,
            String code,
            String cause,
            String fix) {}

    /** A device that is admitted with old algorithms. */
    public record Legacy(String device, LocalDate until, boolean over) {}

    /**
     * A certificate that visitors see.
     *
     * @param source where it comes from: a file, or the local CA
     */
    public record CertificateLine(List<String> names, Instant notAfter, String source) {}
}
