package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.time.SystemTimers;

/** What is asked of a device's TLS, against OpenSSL as the device. */
final class DeviceTlsTest {
    @TempDir
    private static Path folder;

    private TestFront front;

    @BeforeAll
    static void makeCertificates() throws Exception {
        OpensslDevice.certificate(folder, "good", "rsa:2048");
        OpensslDevice.certificate(folder, "other", "rsa:2048");
        OpensslDevice.certificate(folder, "short", "rsa:1024");
        OpensslDevice.certificate(folder, "sha1", "rsa:2048", "-sha1");
        OpensslDevice.certificate(folder, "issued", "rsa:2048", "-CA", "good.pem", "-CAkey", "good.key");
    }

    @BeforeEach
    void open() {
        front = new TestFront();
        front.speech.known.put(TestFront.PORT, Speech.TLS);
    }

    @AfterEach
    void close() {
        front.close();
    }

    private static String today(int plusDays) {
        return LocalDate.now(ZoneOffset.UTC).plusDays(plusDays).toString();
    }

    private void set(String option, String value) {
        front.publish(device -> device, route -> TestFront.with(route, option, value));
    }

    /** The page that a visitor gets on a connection of its own, as far as it comes. */
    private String page() throws Exception {
        try (RawVisitor visitor = front.visitor()) {
            String head = visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n")
                    .head();
            return head + visitor.until("Cipher is");
        }
    }

    private String pageOf(OpensslDevice device) throws Exception {
        LoopbackTunnel tunnel = front.connect(device.address());
        String page = page();
        front.disconnect(tunnel);
        return page;
    }

    @ParameterizedTest
    @CsvSource({
        "good, -tls1, SP-521, TLSv1.0",
        "good, -tls1_1, SP-521, TLSv1.1",
        "short, -tls1_2, SP-522, TLSv1.2",
        "sha1, -tls1_2, SP-522, TLSv1.2"
    })
    void what_is_old_or_weak_is_refused_by_name_until_the_operator_allows_it_for_a_time(
            String certificate, String version, String code, String spoken) throws Exception {
        try (OpensslDevice device = OpensslDevice.start(folder, certificate, version)) {
            front.publish(d -> d, r -> r);
            assertThat(pageOf(device))
                    .startsWith("HTTP/1.1 502 ")
                    .contains(code, "hostname set dev1.t.test --device-tls-legacy-until");
            set("device-tls-legacy-until", today(-1));
            assertThat(pageOf(device)).startsWith("HTTP/1.1 502 ").contains(code);
            set("device-tls-legacy-until", today(0));
            assertThat(pageOf(device)).startsWith("HTTP/1.1 200 ").containsAnyOf(spoken, "TLSv1/SSLv3", "SSLv3");
        }
    }

    @Test
    void an_old_device_is_known_to_speak_tls_when_it_is_probed() throws Exception {
        try (OpensslDevice device = OpensslDevice.start(folder, "good", "-tls1")) {
            front.publish(d -> d, r -> r);
            front.connect(device.address());
            try (SystemTimers timers = new SystemTimers()) {
                DeviceProbe probe =
                        new DeviceProbe(front.tunnels, front.directory, timers, event -> {}, (name, port) -> {});
                assertThat(probe.probe(TestFront.DEV1, TestFront.PORT).toCompletableFuture())
                        .succeedsWithin(Duration.ofSeconds(10))
                        .isEqualTo(Speech.TLS);
            }
        }
    }

    @Test
    void the_first_certificate_is_pinned_and_another_is_refused_and_told_once() throws Exception {
        try (OpensslDevice good = OpensslDevice.start(folder, "good");
                OpensslDevice other = OpensslDevice.start(folder, "other")) {
            set("device-certificate", "pinned");
            assertThat(pageOf(good)).startsWith("HTTP/1.1 200 ");
            assertThat(pageOf(good)).startsWith("HTTP/1.1 200 ");
            assertThat(front.events(GatewayEvent.CertificatePinned.class)).hasSize(1);
            String pin = front.events(GatewayEvent.CertificatePinned.class)
                    .getFirst()
                    .fingerprint();

            for (String option : new String[] {"pinned", "pinned:" + pin}) {
                set("device-certificate", option);
                assertThat(pageOf(other)).startsWith("HTTP/1.1 502 ").contains("SP-523", pin);
            }
            assertThat(front.events(GatewayEvent.CertificateChanged.class))
                    .singleElement()
                    .satisfies(changed -> {
                        assertThat(changed.pinned()).isEqualTo(pin);
                        assertThat(changed.shown()).startsWith("SHA256:").isNotEqualTo(pin);
                    });

            set("device-certificate", "pinned");
            assertThat(pageOf(other)).startsWith("HTTP/1.1 200 ");
            assertThat(pageOf(good)).startsWith("HTTP/1.1 502 ").contains("SP-523");
        }
    }

    @Test
    void with_an_authority_only_certificates_that_it_issued_will_do() throws Exception {
        try (OpensslDevice issued = OpensslDevice.start(folder, "issued");
                OpensslDevice other = OpensslDevice.start(folder, "other")) {
            set("device-certificate", Files.readString(folder.resolve("good.pem")));
            assertThat(pageOf(issued)).startsWith("HTTP/1.1 200 ");
            assertThat(pageOf(other)).startsWith("HTTP/1.1 502 ").contains("SP-524");
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void a_session_is_resumed_with_the_same_device_on_the_same_terms(String version) throws Exception {
        try (OpensslDevice device = OpensslDevice.start(folder, "good", version)) {
            front.publish(d -> d, r -> r);
            LoopbackTunnel tunnel = front.connect(device.address());
            assertThat(page()).contains("New, TLSv1");
            assertThat(page()).contains("Reused, TLSv1");
            set("device-certificate", "pinned");
            assertThat(page()).contains("New, TLSv1");
            assertThat(page()).contains("Reused, TLSv1");
            set("device-tls-legacy-until", today(3));
            assertThat(page()).contains("New, TLSv1");
            front.disconnect(tunnel);
        }
    }
}
