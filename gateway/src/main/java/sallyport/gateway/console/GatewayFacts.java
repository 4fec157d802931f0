package sallyport.gateway.console;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.gateway.cert.CertificateReport;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Problem;

/** What the console shows about the running gateway beside directory and tunnels. The root wires it. Any thread. */
public interface GatewayFacts {
    String version();

    Instant started();

    /**
     * The real addresses ({@code ADDRESS:PORT}) by kind, in the order of the ready line: ssh, https, http, console,
     * management.
     */
    Map<String, List<String>> listeners();

    List<HostKey> hostKeys();

    /** What is offered to devices and visitors, the best first. */
    KeyExchanges keyExchanges();

    /** Every certificate of the HTTPS front, by name. */
    List<CertificateReport> certificates();

    /** Orders a certificate without waiting for its time; a refusal is a {@code ProblemException}. */
    void renewCertificate(String name);

    /** What would keep a certificate authority from giving a certificate for this name. Blocking; some seconds at most. */
    List<Problem> rehearse(Hostname hostname);

    /** The certificate that a visitor of this hostname sees, if any fits. */
    Optional<Certificate> findCertificate(Hostname hostname);

    /** Bodies on their way to devices, the oldest first. */
    List<LiveUpload> uploads();

    /** What the device showed last under a hostname that is passed through. */
    Optional<Shown> findShown(Hostname hostname);

    /** Asks the device's port through its tunnel what it speaks. Blocking; bounded by a deadline of some seconds. */
    Answered ask(DeviceName device, PortNumber port);

    /** Key exchanges of SSH, and groups of TLS. */
    record KeyExchanges(List<String> ssh, List<String> tls) {}

    /** A host key of the SSH endpoint: {@code ssh-ed25519}, {@code SHA256:...}. */
    record HostKey(String type, String fingerprint) {}

    /** A certificate of the HTTPS front; {@code source} says where it comes from. */
    record Certificate(List<String> names, Instant notAfter, String source) {}

    /** A device's certificate by its fingerprint; when it was last seen, if since the start. */
    record Shown(String fingerprint, Optional<Instant> at) {}

    /** What a device's port answered, and what was wrong. */
    record Answered(Speech speech, Optional<Problem> problem) {}
}
