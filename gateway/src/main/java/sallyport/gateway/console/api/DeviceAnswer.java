package sallyport.gateway.console.api;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A device with everything that is known about it: what the operator set, and what its tunnels do right now.
 *
 * @param keyFrom where it may dial in from; empty means anywhere
 * @param from which visitors may reach it; empty means all
 * @param automaticPort the answer to a request for port 0
 * @param mainPort the port behind {@code NAME.domain}
 * @param urls where visitors reach it, the best one first
 * @param lastSeen when a session of it was last up
 * @param refusals what it asked for and did not get, newest first
 * @param conflict the addresses of two machines that use one key; normally empty
 * @param connect what to type into the device
 * @param warnings what works but deserves an operator's look
 */
public record DeviceAnswer(
        String name,
        String title,
        List<String> tags,
        boolean enabled,
        State state,
        Lamps lamps,
        List<KeyAnswer> keys,
        List<String> keyFrom,
        List<String> from,
        List<PortAnswer> ports,
        int automaticPort,
        int mainPort,
        List<HostnameAnswer> hostnames,
        List<String> urls,
        String tls,
        String deviceTls,
        Optional<LocalDate> legacyUntil,
        Instant created,
        Optional<Instant> lastSeen,
        List<TunnelAnswer> tunnels,
        List<Refusal> refusals,
        List<String> conflict,
        Connect connect,
        List<Notice> warnings) {

    /** One word for people, what it means and what to do. */
    public record State(String name, String meaning, String remedy) {}

    /**
     * The two lamps.
     *
     * @param tunnel {@code on}, {@code stale} or {@code off}
     * @param web the web interface through the tunnel: {@code on}, {@code off} or {@code unknown}
     */
    public record Lamps(String tunnel, String web) {}

    /**
     * A live session.
     *
     * @param kex the key exchange that it logged in with
     * @param roundTripMillis absent until a keepalive was answered
     * @param ports the forwards that it holds
     */
    public record TunnelAnswer(
            long id,
            String key,
            String user,
            String client,
            String kex,
            String address,
            Instant since,
            int streams,
            long bytesIn,
            long bytesOut,
            Optional<Long> roundTripMillis,
            int missedKeepalives,
            List<Integer> ports) {}

    /** Something that was refused. */
    public record Refusal(Instant at, String code, String cause, String fix) {}

    /**
     * What to type into the device's dialog.
     *
     * @param anyUser true when any login name is accepted
     * @param listeningPort the field "Listening HTTPS Port on SSH Host"
     * @param command the same for a stock OpenSSH client
     */
    public record Connect(
            String sshHost,
            int sshPort,
            String sshUser,
            boolean anyUser,
            int listeningPort,
            List<HostKey> hostKeys,
            String command) {}

    /** A host key of the gateway, for comparison at the first contact. */
    public record HostKey(String type, String fingerprint) {}
}
