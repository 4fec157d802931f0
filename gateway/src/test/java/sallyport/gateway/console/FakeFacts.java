package sallyport.gateway.console;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sallyport.gateway.cert.CertificateReport;
import sallyport.gateway.cert.CertificateReport.Source;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/** A gateway that listens on 2222 and 8443 and whose devices speak TLS unless a test says otherwise. */
final class FakeFacts implements GatewayFacts {
    List<Problem> foreseen = List.of();
    List<CertificateReport> reports = List.of(new CertificateReport(
            "*.mm.test",
            Source.LOCAL_CA,
            CertificateReport.State.READY,
            Optional.of(Instant.parse("2099-01-01T00:00:00Z")),
            Optional.empty(),
            Optional.empty()));
    Answered answered = new Answered(Speech.TLS, Optional.empty());

    @Override
    public String version() {
        return "0.1.0";
    }

    @Override
    public Instant started() {
        return Instant.parse("2026-11-25T07:00:00Z");
    }

    @Override
    public Map<String, List<String>> listeners() {
        return Map.of(
                "ssh", List.of("0.0.0.0:2222"), "https", List.of("0.0.0.0:8443"), "http", List.of("0.0.0.0:8080"));
    }

    @Override
    public List<HostKey> hostKeys() {
        return List.of(new HostKey("ssh-ed25519", "SHA256:uYF1Uu5N3mK9BMI0I9ZpXq0k8l6CkTjLG0yl9bZ2sJ8"));
    }

    @Override
    public Optional<Shown> findShown(Hostname hostname) {
        return Optional.empty();
    }

    @Override
    public KeyExchanges keyExchanges() {
        return new KeyExchanges(List.of("mlkem768x25519-sha256"), List.of("X25519MLKEM768", "x25519"));
    }

    @Override
    public List<CertificateReport> certificates() {
        return reports;
    }

    @Override
    public void renewCertificate(String name) {
        if (reports.stream().noneMatch(report -> report.name().equals(name) && report.source() == Source.ACME)) {
            throw new ProblemException(Fault.CERTIFICATE_NOT_ORDERED.problem("name", name));
        }
    }

    @Override
    public List<Problem> rehearse(Hostname hostname) {
        return foreseen;
    }

    private static Certificate certificate() {
        return new Certificate(List.of("*.mm.test"), Instant.parse("2099-01-01T00:00:00Z"), "local CA");
    }

    @Override
    public Optional<Certificate> findCertificate(Hostname hostname) {
        return Optional.of(certificate());
    }

    @Override
    public List<LiveUpload> uploads() {
        return List.of(new LiveUpload(
                new GatewayEvent.Upload(
                        new DeviceName("lab-1"),
                        new Hostname("lab-1.mm.test"),
                        new InetSocketAddress("192.0.2.7", 40_001),
                        "request-1",
                        "/firmware"),
                OptionalLong.of(9_000_000_000L),
                5_000_000_000L,
                1_000_000,
                started(),
                true));
    }

    @Override
    public Answered ask(DeviceName device, PortNumber port) {
        return answered;
    }
}
