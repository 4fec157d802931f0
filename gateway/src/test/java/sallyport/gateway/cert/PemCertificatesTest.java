package sallyport.gateway.cert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.config.GatewayConfig.CertificateFiles;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.HandTimers;

final class PemCertificatesTest {
    @TempDir
    Path folder;

    private final HandTimers timers = new HandTimers(Instant.now().plusSeconds(60));
    private final List<GatewayEvent> events = new ArrayList<>();

    private PemCertificates opened(CertificateFiles... files) {
        return new PemCertificates(List.of(files), timers, events::add, () -> {});
    }

    private static String servedBy(CertificateSource source, String name) {
        return source.find(new Hostname(name))
                .map(found -> found.certificate().getSerialNumber().toString())
                .orElse("none");
    }

    private static String serial(CertificateFiles files) {
        return Pem.certificates(read(files.certificate()))
                .getFirst()
                .getSerialNumber()
                .toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void replace(CertificateFiles files, CertificateFiles by) throws IOException {
        Files.copy(by.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(by.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    }

    private List<Fault> notices() {
        return events.stream()
                .map(event -> ((GatewayEvent.Notice) event).problem().fault())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec-sec1", "ec-pkcs8", "rsa-pkcs1", "rsa-pkcs8", "ed25519"})
    void every_form_of_key_is_read_and_serves_curl(String form) {
        Path key = folder.resolve("k.pem");
        Path certificate = folder.resolve("c.pem");
        switch (form) {
            case "ec-sec1" -> CertificateFixture.openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", "" + key);
            case "ec-pkcs8" ->
                CertificateFixture.openssl(
                        "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "" + key);
            case "rsa-pkcs1" -> CertificateFixture.openssl("genrsa", "-traditional", "-out", "" + key, "2048");
            case "rsa-pkcs8" -> CertificateFixture.openssl("genpkey", "-algorithm", "RSA", "-out", "" + key);
            default -> CertificateFixture.openssl("genpkey", "-algorithm", "ED25519", "-out", "" + key);
        }
        CertificateFixture.openssl(
                "req",
                "-x509",
                "-key",
                "" + key,
                "-days",
                "30",
                "-subj",
                "/CN=x",
                "-addext",
                "subjectAltName=DNS:dev.gw.test",
                "-out",
                "" + certificate);
        PemCertificates pem = opened(new CertificateFiles(certificate, key, "f:1:1"));
        ServerCertificate found = pem.find(new Hostname("dev.gw.test")).orElseThrow();
        assertThat(CertificateFixture.curl(found, "dev.gw.test", certificate).output())
                .isEqualTo("ok");
    }

    @Test
    void the_chain_is_put_in_order_and_the_root_left_out() throws IOException {
        LocalCa ca = new LocalCa(folder, timers);
        ca.refresh(new WantedNames(Optional.of(new Hostname("gw.test")), java.util.Set.of(), java.util.Set.of()));
        ServerCertificate leaf = CertificateFixture.served(ca, "dev.gw.test").orElseThrow();
        CaGeneration generation = CaGeneration.read(folder.resolve("ca/1.pem"));
        Path full = Files.write(
                folder.resolve("full.pem"), Pem.bytes(generation.root(), generation.issuing(), leaf.certificate()));
        Path key = Files.write(folder.resolve("key.pem"), Pem.bytes(leaf.key()));
        PemCertificates pem = opened(new CertificateFiles(full, key, "f:1:1"));
        assertThat(pem.find(new Hostname("dev.gw.test")).orElseThrow().chain())
                .containsExactly(leaf.certificate(), generation.issuing());
    }

    @Test
    void the_exact_name_goes_before_the_wildcard_which_covers_one_label() {
        CertificateFiles wildcard = CertificateFixture.pair(folder, "wild", 90, "*.gw.test");
        CertificateFiles exact = CertificateFixture.pair(folder, "exact", 30, "lab-1.gw.test");
        PemCertificates pem = opened(wildcard, exact);
        assertThat(servedBy(pem, "lab-1.gw.test")).isEqualTo(serial(exact));
        assertThat(servedBy(pem, "lab-2.gw.test")).isEqualTo(serial(wildcard));
        assertThat(servedBy(pem, "a.b.gw.test")).isEqualTo("none");
        assertThat(servedBy(pem, "gw.test")).isEqualTo("none");
        assertThat(servedBy(pem, "example.com")).isEqualTo("none");
    }

    @Test
    void an_expired_pair_is_noticed_and_served_only_when_nothing_better_is_there() {
        CertificateFiles old = CertificateFixture.pair(folder, "old", 10, "lab-1.gw.test", "lab-2.gw.test");
        CertificateFiles wildcard = CertificateFixture.pair(folder, "wild", 90, "*.gw.test", "x.test");
        CertificateFiles alone = CertificateFixture.pair(folder, "alone", 10, "only.test");
        timers.advance(Duration.ofDays(20));
        PemCertificates pem = opened(old, wildcard, alone);
        assertThat(servedBy(pem, "lab-1.gw.test")).isEqualTo(serial(wildcard));
        assertThat(servedBy(pem, "only.test")).isEqualTo(serial(alone));
        assertThat(notices()).containsExactly(Fault.CERTIFICATE_EXPIRED, Fault.CERTIFICATE_EXPIRED);
    }

    @Test
    void every_unusable_pair_names_place_file_and_reason() throws IOException {
        CertificateFiles good = CertificateFixture.pair(folder, "good", 30, "a.test");
        CertificateFiles other = CertificateFixture.pair(folder, "other", 30, "b.test");
        Path missing = folder.resolve("missing.pem");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "hello\n");
        Path half = Files.writeString(
                folder.resolve("half.pem"), read(good.certificate()).substring(0, 200));
        Path encrypted = folder.resolve("encrypted.pem");
        CertificateFixture.openssl(
                "pkcs8", "-topk8", "-in", "" + good.key(), "-passout", "pass:secret", "-out", "" + encrypted);
        Path old = folder.resolve("traditional.pem");
        CertificateFixture.openssl(
                "genrsa", "-traditional", "-aes128", "-passout", "pass:secret", "-out", "" + old, "2048");
        Path nameless = folder.resolve("nameless.pem");
        CertificateFixture.openssl(
                "req", "-x509", "-key", "" + good.key(), "-subj", "/CN=a.test", "-out", "" + nameless);
        String place = "sallyport.yaml:7:3";
        record Case(Path certificate, Path key, String words) {}
        List<Case> cases = List.of(
                new Case(
                        missing,
                        good.key(),
                        "SP-711 " + place + ": the certificate " + missing + " cannot be read: it does not exist"),
                new Case(good.certificate(), missing, "it does not exist"),
                new Case(empty, good.key(), "there is no certificate in it"),
                new Case(half, good.key(), "there is no certificate in it"),
                new Case(good.certificate(), empty, "there is no private key in it"),
                new Case(good.certificate(), good.certificate(), "there is no private key in it"),
                new Case(good.certificate(), encrypted, "the key is encrypted"),
                new Case(good.certificate(), old, "the key is encrypted"),
                new Case(nameless, good.key(), "no DNS name"),
                new Case(
                        good.certificate(),
                        other.key(),
                        "SP-712 " + place + ": the key " + other.key() + " does not belong"));
        assertThat(cases)
                .allSatisfy(bad -> assertThatThrownBy(
                                () -> opened(new CertificateFiles(bad.certificate(), bad.key(), place)))
                        .isInstanceOf(ProblemException.class)
                        .hasMessageContaining(bad.words())
                        .hasMessageContaining(place));
    }

    @Test
    void a_renewed_pair_is_served_after_the_next_look() throws IOException {
        CertificateFiles files = CertificateFixture.pair(folder, "now", 30, "a.test");
        try (PemCertificates pem = opened(files)) {
            pem.watch(Runnable::run);
            replace(files, CertificateFixture.pair(folder, "new", 60, "a.test"));
            String renewed = serial(files);
            timers.advance(Duration.ofSeconds(30));
            assertThat(servedBy(pem, "a.test")).isEqualTo(renewed);
            assertThat(events).isEmpty();
        }
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void a_symbolic_link_that_points_to_new_files_is_followed() throws IOException {
        CertificateFiles first = CertificateFixture.pair(folder, "first", 30, "a.test");
        CertificateFiles second = CertificateFixture.pair(folder, "second", 60, "a.test");
        Path certificate = Files.createSymbolicLink(folder.resolve("live.crt"), first.certificate());
        Path key = Files.createSymbolicLink(folder.resolve("live.key"), first.key());
        PemCertificates pem = opened(new CertificateFiles(certificate, key, "f:1:1"));
        Files.delete(certificate);
        Files.delete(key);
        Files.createSymbolicLink(certificate, second.certificate());
        Files.createSymbolicLink(key, second.key());
        assertThat(pem.reload()).isEmpty();
        assertThat(servedBy(pem, "a.test")).isEqualTo(serial(second));
    }

    @Test
    void a_bad_renewal_keeps_the_old_pair_and_is_noticed_once() throws IOException {
        CertificateFiles files = CertificateFixture.pair(folder, "now", 30, "a.test");
        String old = serial(files);
        PemCertificates pem = opened(files);
        CertificateFiles next = CertificateFixture.pair(folder, "next", 60, "a.test");
        Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(pem.reload()).hasSize(1);
        assertThat(pem.reload()).hasSize(1);
        assertThat(servedBy(pem, "a.test")).isEqualTo(old);
        assertThat(notices()).containsExactly(Fault.CERTIFICATE_MISMATCH);
        Files.writeString(files.certificate(), read(next.certificate()).substring(0, 300));
        assertThat(pem.reload()).hasSize(1);
        assertThat(servedBy(pem, "a.test")).isEqualTo(old);
        Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(pem.reload()).isEmpty();
        assertThat(servedBy(pem, "a.test")).isEqualTo(serial(next));
    }

    @Test
    void an_expired_renewal_is_refused() throws IOException {
        CertificateFiles files = CertificateFixture.pair(folder, "now", 90, "a.test");
        CertificateFiles expired = CertificateFixture.pair(folder, "expired", 10, "a.test");
        timers.advance(Duration.ofDays(20));
        PemCertificates pem = opened(files);
        String good = serial(files);
        replace(files, expired);
        assertThat(pem.reload()).hasSize(1);
        assertThat(servedBy(pem, "a.test")).isEqualTo(good);
        assertThat(notices()).containsExactly(Fault.CERTIFICATE_EXPIRED);
    }

    @Test
    void the_local_ca_serves_only_known_names_that_no_pair_serves() {
        CertificateFiles given = CertificateFixture.pair(folder, "given", 30, "*.gw.test");
        Path data = folder.resolve("data");
        DirectoryHolder holder = new DirectoryHolder(CertificateFixture.directory(1, "lab-1.gw.test"));
        try (Certificates certificates = Certificates.open(
                CertificateFixture.config(data, Optional.of("gw.test"), List.of(given)),
                holder,
                timers,
                events::add,
                Runnable::run)) {
            assertThat(servedBy(certificates, "lab-1.gw.test")).isEqualTo(serial(given));
            assertThat(certificates.findRoots()).isEmpty();
            holder.publish(CertificateFixture.directory(2, "lab-1.gw.test", "own.example.org"))
                    .join();
            assertThat(servedBy(certificates, "own.example.org")).isNotEqualTo("none");
            assertThat(certificates.findRoots()).isPresent();
        }
    }
}
