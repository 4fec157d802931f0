package sallyport.gateway.cert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.cert.CertificateFixture.Result;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.HandTimers;

final class LocalCaTest {
    private static final Hostname DOMAIN = new Hostname("gw.test");

    @TempDir
    Path data;

    private final HandTimers timers = new HandTimers(Instant.now().plusSeconds(60));

    private LocalCa opened(String... names) {
        LocalCa ca = new LocalCa(data, timers);
        ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames(names), Set.of()));
        return ca;
    }

    private static Set<Hostname> hostnames(String... names) {
        Set<Hostname> set = new java.util.TreeSet<>();
        for (String name : names) {
            set.add(new Hostname(name));
        }
        return set;
    }

    private ServerCertificate leaf(LocalCa ca, String name) {
        return CertificateFixture.served(ca, name).orElseThrow();
    }

    /** A leaf that the real issuing key signs although its constraints forbid it. */
    private ServerCertificate forged(String name) {
        return CaGeneration.read(data.resolve("ca/1.pem")).leaf(List.of(name), timers.now(), Duration.ofDays(30));
    }

    private Result verify(ServerCertificate certificate, String name) throws IOException {
        Path leaf = Files.write(data.resolve("leaf.pem"), Pem.bytes(certificate.certificate()));
        Path issuing = Files.write(
                data.resolve("issuing.pem"), Pem.bytes(certificate.chain().getLast()));
        return CertificateFixture.run(
                "openssl",
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-verify_hostname",
                name,
                "-CAfile",
                "" + data.resolve("ca.pem"),
                "-untrusted",
                "" + issuing,
                "" + leaf);
    }

    @Test
    void curl_accepts_a_leaf_inside_the_constraints_and_refuses_one_outside() {
        LocalCa ca = opened("lab-1.gw.test");
        Path roots = data.resolve("ca.pem");
        assertThat(CertificateFixture.curl(leaf(ca, "lab-1.gw.test"), "lab-1.gw.test", roots)
                        .output())
                .isEqualTo("ok");
        Result refused = CertificateFixture.curl(forged("www.example.com"), "www.example.com", roots);
        assertThat(refused.exit()).isEqualTo(60);
        assertThat(refused.output()).contains("permitted subtree violation");
    }

    @Test
    void openssl_accepts_inside_strictly_and_refuses_names_and_addresses_outside() throws IOException {
        LocalCa ca = opened("lab-1.gw.test");
        assertThat(verify(leaf(ca, "lab-1.gw.test"), "lab-1.gw.test").output()).contains("OK");
        assertThat(verify(leaf(ca, "gw.test"), "gw.test").output()).contains("OK");
        for (String name : List.of("example.com", "evil-gw.test", "gw.test.example.com")) {
            assertThat(verify(forged(name), name).output()).contains("permitted subtree violation");
        }
    }

    @Test
    void root_and_issuing_certificate_carry_critical_constraints_and_path_lengths() throws IOException {
        opened("lab-1.gw.test");
        CaGeneration generation = CaGeneration.read(data.resolve("ca/1.pem"));
        Path issuing = Files.write(data.resolve("i.pem"), Pem.bytes(generation.issuing()));
        String root = CertificateFixture.openssl("x509", "-in", "" + data.resolve("ca.pem"), "-noout", "-text");
        String text = CertificateFixture.openssl("x509", "-in", "" + issuing, "-noout", "-text");
        assertThat(root).contains("pathlen:1");
        assertThat(text).contains("pathlen:0").contains("TLS Web Server Authentication");
        assertThat(List.of(root, text))
                .allSatisfy(one -> assertThat(one)
                        .containsPattern("X509v3 Name Constraints: critical\\s+Permitted:\\s+DNS:gw.test\\s+Excluded:")
                        .contains("IP:0.0.0.0/0.0.0.0")
                        .containsPattern("Basic Constraints: critical")
                        .containsPattern("Key Usage: critical\\s+Certificate Sign, CRL Sign")
                        .contains("Subject Key Identifier")
                        .contains("Authority Key Identifier"));
    }

    @Test
    void a_leaf_lives_ninety_days_at_most_and_starts_an_hour_ago() {
        ServerCertificate leaf = leaf(opened("lab-1.gw.test"), "lab-1.gw.test");
        Instant from = leaf.certificate().getNotBefore().toInstant();
        Instant to = leaf.certificate().getNotAfter().toInstant();
        assertThat(Duration.between(from, to)).isLessThan(Duration.ofDays(90)).isGreaterThan(Duration.ofDays(89));
        assertThat(Duration.between(from, timers.now())).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
    }

    @Test
    void one_wildcard_serves_the_names_of_the_domain_and_own_names_get_their_own() {
        LocalCa ca = opened("lab-1.gw.test", "lab-2.gw.test", "a.b.gw.test");
        assertThat(leaf(ca, "lab-1.gw.test")).isSameAs(leaf(ca, "lab-2.gw.test"));
        assertThat(leaf(ca, "a.b.gw.test")).isNotSameAs(leaf(ca, "lab-1.gw.test"));
        assertThat(CertificateFixture.served(ca, "x.b.gw.test")).isEmpty();
        assertThat(CertificateFixture.served(ca, "example.com")).isEmpty();
    }

    @Test
    void a_domain_of_one_label_gets_a_leaf_for_each_name_because_clients_refuse_its_wildcard() {
        LocalCa ca = new LocalCa(data, timers);
        ca.refresh(new WantedNames(Optional.of(new Hostname("localhost")), hostnames("lab-1.localhost"), Set.of()));
        assertThat(CertificateFixture.curl(leaf(ca, "lab-1.localhost"), "lab-1.localhost", data.resolve("ca.pem"))
                        .output())
                .isEqualTo("ok");
    }

    @Test
    void a_leaf_is_renewed_after_two_thirds_of_its_life_and_not_before() {
        LocalCa ca = opened("lab-1.gw.test");
        ServerCertificate first = leaf(ca, "lab-1.gw.test");
        timers.advance(Duration.ofDays(59));
        ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames("lab-1.gw.test"), Set.of()));
        assertThat(leaf(ca, "lab-1.gw.test")).isSameAs(first);
        timers.advance(Duration.ofDays(2));
        ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames("lab-1.gw.test"), Set.of()));
        assertThat(leaf(ca, "lab-1.gw.test")).isNotSameAs(first);
    }

    @Test
    void the_issuing_certificate_is_renewed_below_the_same_root() throws IOException {
        LocalCa ca = opened("lab-1.gw.test");
        byte[] roots = Files.readAllBytes(data.resolve("ca.pem"));
        var before = leaf(ca, "lab-1.gw.test").chain().getLast();
        timers.advance(Duration.ofDays(500));
        ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames("lab-1.gw.test"), Set.of()));
        assertThat(leaf(ca, "lab-1.gw.test").chain().getLast()).isNotEqualTo(before);
        assertThat(Files.readAllBytes(data.resolve("ca.pem"))).isEqualTo(roots);
    }

    @Test
    void a_restart_keeps_the_root_and_the_private_files_are_private() throws IOException {
        opened("lab-1.gw.test");
        byte[] roots = Files.readAllBytes(data.resolve("ca.pem"));
        LocalCa again = opened("lab-1.gw.test");
        assertThat(Files.readAllBytes(data.resolve("ca.pem"))).isEqualTo(roots);
        assertThat(CertificateFixture.curl(leaf(again, "lab-1.gw.test"), "lab-1.gw.test", data.resolve("ca.pem"))
                        .output())
                .isEqualTo("ok");
        try (Stream<Path> files = Files.list(data.resolve("ca"))) {
            assertThat(files.toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(Files.readString(data.resolve("ca.pem"))).doesNotContain("PRIVATE");
    }

    @Test
    void a_name_outside_gets_a_root_of_its_own_and_the_first_root_stays() throws IOException {
        LocalCa ca = opened("lab-1.gw.test");
        String first = Files.readString(data.resolve("ca.pem"));
        ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames("lab-1.gw.test", "machine.example.org"), Set.of()));
        assertThat(Files.readString(data.resolve("ca.pem"))).startsWith(first).hasSizeGreaterThan(first.length());
        for (String name : List.of("lab-1.gw.test", "machine.example.org")) {
            assertThat(CertificateFixture.curl(leaf(ca, name), name, data.resolve("ca.pem"))
                            .output())
                    .isEqualTo("ok");
        }
        ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames("lab-1.gw.test"), Set.of()));
        assertThat(Files.readString(data.resolve("ca.pem"))).isEqualTo(first);
    }

    @Test
    void the_number_of_roots_is_bounded() throws IOException {
        LocalCa ca = opened();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < LocalCa.MAX_GENERATIONS + 3; i++) {
            names.add("machine" + i + ".example" + i + ".org");
            ca.refresh(new WantedNames(Optional.of(DOMAIN), hostnames(names.toArray(String[]::new)), Set.of()));
        }
        try (Stream<Path> files = Files.list(data.resolve("ca"))) {
            assertThat(files.count()).isLessThanOrEqualTo(LocalCa.MAX_GENERATIONS);
        }
        assertThat(names)
                .allSatisfy(name ->
                        assertThat(verify(leaf(ca, name), name).output()).contains("OK"));
    }

    @Test
    void a_damaged_authority_is_not_replaced_silently() throws IOException {
        opened("lab-1.gw.test");
        Path file = data.resolve("ca/1.pem");
        Files.writeString(file, Files.readString(file).substring(0, 700));
        assertThatThrownBy(() -> new LocalCa(data, timers))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("SP-714")
                .hasMessageContaining("1.pem");
    }

    @Test
    void a_name_may_have_a_leaf_for_itself_beside_the_wildcard() throws IOException {
        LocalCa ca = new LocalCa(data, timers);
        Set<Hostname> names = hostnames("lab-1.gw.test", "lab-2.gw.test");
        ca.refresh(new WantedNames(Optional.of(DOMAIN), names, hostnames("lab-1.gw.test")));
        assertThat(ca.leaves()).containsOnlyKeys("*.gw.test", "gw.test", "lab-1.gw.test");
        assertThat(verify(leaf(ca, "lab-1.gw.test"), "lab-1.gw.test").exit()).isZero();
        assertThat(verify(leaf(ca, "lab-1.gw.test"), "lab-2.gw.test").exit()).isNotZero();

        ca.refresh(new WantedNames(Optional.of(DOMAIN), names, Set.of()));
        assertThat(ca.leaves()).containsOnlyKeys("*.gw.test", "gw.test");
    }

    @Test
    void only_known_names_are_answered_and_a_new_one_is_there_when_its_change_is_done() {
        DirectoryHolder holder = new DirectoryHolder(CertificateFixture.directory(1, "lab-1.gw.test"));
        List<GatewayEvent> events = new ArrayList<>();
        try (Certificates certificates = Certificates.open(
                CertificateFixture.config(data, Optional.of("gw.test"), List.of()),
                holder,
                timers,
                events::add,
                Runnable::run)) {
            assertThat(certificates.find(new Hostname("lab-1.gw.test"))).isPresent();
            assertThat(certificates.find(new Hostname("console.gw.test"))).isPresent();
            assertThat(certificates.find(new Hostname("lab-2.gw.test"))).isEmpty();
            assertThat(certificates.find(new Hostname("own.example.org"))).isEmpty();
            holder.publish(CertificateFixture.directory(2, "lab-1.gw.test", "own.example.org"))
                    .join();
            assertThat(certificates.find(new Hostname("own.example.org"))).isPresent();
            assertThat(certificates.expiries()).containsKeys("*.gw.test", "own.example.org");
            assertThat(certificates.findRoots()).contains(data.resolve("ca.pem"));
            assertThat(events).isEmpty();
        }
    }
}
