package sallyport.gateway;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import sallyport.gateway.cert.CertificateReport;
import sallyport.gateway.cert.Certificates;
import sallyport.gateway.cert.ServerCertificate;
import sallyport.gateway.console.GatewayFacts;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.edge.DeviceSpeech;
import sallyport.gateway.edge.HttpsFront;
import sallyport.gateway.edge.PassthroughCheck;
import sallyport.gateway.edge.Uploads;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.ssh.FrontDoor;
import sallyport.gateway.ssh.HostKeys;

/** What the console shows about the gateway itself, read from the parts that know it. Any thread; {@link #ask} blocks. */
final class RunningFacts implements GatewayFacts {
    private static final int DNS_NAME = 2;

    private final String version;
    private final Instant started;
    private final GatewayAddresses addresses;
    private final HostKeys hostKeys;
    private final Certificates certificates;
    private final DeviceSpeech speech;
    private final DeviceHistory history;
    private final Uploads uploads;
    private final PassthroughCheck passthrough;

    RunningFacts(
            String version,
            Instant started,
            GatewayAddresses addresses,
            HostKeys hostKeys,
            Certificates certificates,
            DeviceSpeech speech,
            DeviceHistory history,
            Uploads uploads,
            PassthroughCheck passthrough) {
        this.version = version;
        this.started = started;
        this.addresses = addresses;
        this.hostKeys = hostKeys;
        this.certificates = certificates;
        this.speech = speech;
        this.history = history;
        this.uploads = uploads;
        this.passthrough = passthrough;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Instant started() {
        return started;
    }

    @Override
    public Map<String, List<String>> listeners() {
        return addresses.words();
    }

    @Override
    public List<HostKey> hostKeys() {
        return hostKeys.keys().stream()
                .map(key -> new HostKey(key.type(), key.fingerprint().value()))
                .toList();
    }

    @Override
    public KeyExchanges keyExchanges() {
        return new KeyExchanges(FrontDoor.keyExchanges(), HttpsFront.tlsGroups());
    }

    @Override
    public List<CertificateReport> certificates() {
        return certificates.reports();
    }

    @Override
    public void renewCertificate(String name) {
        certificates.renew(name);
    }

    @Override
    public List<Problem> rehearse(Hostname hostname) {
        return certificates.rehearse(hostname);
    }

    @Override
    public Optional<Shown> findShown(Hostname hostname) {
        return passthrough.find(hostname).map(shown -> new Shown(shown.fingerprint(), shown.at()));
    }

    @Override
    public Optional<Certificate> findCertificate(Hostname hostname) {
        return certificates.find(hostname).map(RunningFacts::describe);
    }

    private static Certificate describe(ServerCertificate certificate) {
        X509Certificate leaf = certificate.chain().getFirst();
        return new Certificate(
                names(leaf),
                leaf.getNotAfter().toInstant(),
                leaf.getIssuerX500Principal().getName());
    }

    private static List<String> names(X509Certificate leaf) {
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> name.get(0).equals(DNS_NAME))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    @Override
    public List<LiveUpload> uploads() {
        return uploads.list();
    }

    @Override
    public Answered ask(DeviceName device, PortNumber port) {
        Speech answer = asked(device, port);
        return new Answered(
                answer,
                Optional.ofNullable(history.of(device).probes().get(port)).flatMap(DeviceHistory.Probe::problem));
    }

    private Speech asked(DeviceName device, PortNumber port) {
        try {
            return speech.probe(device, port).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IllegalStateException("a probe never fails", e);
        }
    }
}
