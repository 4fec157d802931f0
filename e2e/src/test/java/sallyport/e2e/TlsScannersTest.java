package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Program;

/** What scanners say about the TLS of the HTTPS front; docs/operations.md lists the exceptions. */
@ExtendWith(SharedGateway.class)
class TlsScannersTest {
    /** Those of a CA of one's own, of a test's DNS, and of the device's web server. */
    private static final List<String> EXCEPTIONS =
            List.of("cert_revocation", "DNS_CAArecord", "HSTS", "security_headers");

    private static final Pattern FINDING = Pattern.compile(
            "\"id\"\\s*:\\s*\"([^\"]+)\"[^}]*?\"severity\"\\s*:\\s*\"(?:LOW|MEDIUM|HIGH|CRITICAL)\"", Pattern.DOTALL);

    @Test
    void sslscanFindsNothingOld(Scene scene) {
        scene.online("scanned", scene.use(FakeAppliance.plain("scanned")).port());
        String report = Program.run(
                        Duration.ofMinutes(2),
                        List.of(
                                "sslscan",
                                "--no-colour",
                                "--sni-name=" + GatewayProcess.hostname("scanned"),
                                "127.0.0.1:" + scene.gateway().ports().https()))
                .stdout();

        assertThat(report)
                .containsPattern("SSLv2 +disabled")
                .containsPattern("SSLv3 +disabled")
                .containsPattern("TLSv1.0 +disabled")
                .containsPattern("TLSv1.1 +disabled")
                .containsPattern("TLSv1.2 +enabled")
                .containsPattern("TLSv1.3 +enabled")
                .contains("Session renegotiation not supported", "Server supports TLS Fallback SCSV")
                .doesNotContainPattern("TLSv1\\.\\d vulnerable");
        assertThat(report.lines().filter(line -> line.startsWith("Accepted") || line.startsWith("Preferred")))
                .isNotEmpty()
                .allMatch(line -> line.matches(".* (TLS_|ECDHE-).*(GCM|CHACHA20).*"));
    }

    @Test
    @Tag("long")
    void testsslFindsNothingFromLowUp(Scene scene) throws IOException {
        scene.online(
                "scanned-long", scene.use(FakeAppliance.plain("scanned-long")).port());
        Path findings = scene.folder().resolve("testssl.json");
        Program.run(
                Duration.ofMinutes(30),
                List.of(
                        "testssl",
                        "--quiet",
                        "--warnings",
                        "batch",
                        "--severity",
                        "LOW",
                        "--ip",
                        "127.0.0.1",
                        "--jsonfile",
                        findings.toString(),
                        GatewayProcess.hostname("scanned-long") + ":"
                                + scene.gateway().ports().https()),
                null,
                Map.of("ADDITIONAL_CA_FILES", scene.gateway().ca().toString()),
                "");

        String json = Files.readString(findings);
        assertThat(json).as("it came to its end").endsWith("]\n");
        assertThat(FINDING.matcher(json).results().map((MatchResult found) -> found.group(1)))
                .isSubsetOf(EXCEPTIONS);
    }
}
