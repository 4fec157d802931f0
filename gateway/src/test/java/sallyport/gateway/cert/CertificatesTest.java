package sallyport.gateway.cert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.cert.CertificateReport.Source;
import sallyport.gateway.config.AcmeConfig;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.config.GatewayConfig.CertificateFiles;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.HandTimers;

/** The sources together: files, an authority, the local CA. */
final class CertificatesTest {
    @TempDir
    Path folder;

    private final HandTimers timers = new HandTimers(Instant.now());
    private final List<GatewayEvent> events = new ArrayList<>();
    private final DirectoryHolder directory = new DirectoryHolder(Directory.empty());
    private FakeAuthority authority;

    @BeforeEach
    void start() throws Exception {
        authority = new FakeAuthority(folder, timers);
    }

    @AfterEach
    void stop() {
        authority.close();
    }

    private Certificates open(CertificateFiles... files) {
        AcmeConfig acme = new AcmeConfig(
                authority.directory(),
                Optional.of(authority.trust()),
                Optional.empty(),
                Optional.empty(),
                List.of(ChallengeType.HTTP_01),
                false,
                Optional.empty());
        GatewayConfig config =
                CertificateFixture.config(folder.resolve("data"), Optional.of("gw.test"), List.of(files));
        GatewayConfig ordering = new GatewayConfig(
                config.data(),
                config.domain(),
                config.ssh(),
                config.https(),
                config.http(),
                config.certificates(),
                Optional.of(acme),
                new GatewayConfig.Console(List.of(), Optional.empty()),
                config.log(),
                config.management(),
                config.ports(),
                config.database());
        return Certificates.open(ordering, directory, timers, events::add, Runnable::run);
    }

    private static Source source(Certificates certificates, String name) {
        return certificates.reports().stream()
                .filter(report -> report.name().equals(name))
                .map(CertificateReport::source)
                .findFirst()
                .orElseThrow();
    }

    private static String issuer(Certificates certificates, String name) {
        return certificates
                .find(new Hostname(name))
                .map(found -> found.certificate().getIssuerX500Principal().getName())
                .orElse("none");
    }

    private List<Fault> notices() {
        return events.stream()
                .filter(GatewayEvent.Notice.class::isInstance)
                .map(event -> ((GatewayEvent.Notice) event).problem().fault())
                .toList();
    }

    @Test
    void files_go_before_the_authority_and_that_before_the_local_ca() {
        authority.look = (type, name, token) -> !name.equals("sad.gw.test");
        directory.publish(CertificateFixture.directory(1, "given.gw.test", "ordered.gw.test", "sad.gw.test"));

        try (Certificates certificates = open(CertificateFixture.pair(folder, "given", 30, "given.gw.test"))) {
            assertThat(issuer(certificates, "given.gw.test")).contains("CN=test");
            assertThat(issuer(certificates, "ordered.gw.test")).contains("Fake root");
            assertThat(issuer(certificates, "sad.gw.test")).contains("Sallyport issuing");
            assertThat(issuer(certificates, "unknown.gw.test")).isEqualTo("none");
            assertThat(source(certificates, "ordered.gw.test")).isEqualTo(Source.ACME);
            assertThat(authority.ordered).containsExactlyInAnyOrder("ordered.gw.test", "sad.gw.test");
            assertThat(certificates.expiries()).containsKeys("given.gw.test", "ordered.gw.test", "*.gw.test");
        }
    }

    @Test
    void names_that_nobody_knows_cost_no_order_however_many_ask() {
        directory.publish(CertificateFixture.directory(1, "ordered.gw.test"));
        try (Certificates certificates = open()) {
            for (int i = 0; i < 1000; i++) {
                assertThat(certificates.find(new Hostname("r" + i + ".gw.test")))
                        .isEmpty();
            }
            timers.advance(Duration.ofHours(2));
            assertThat(authority.ordered).containsExactly("ordered.gw.test");
        }
    }

    @Test
    void a_wildcard_without_dns_is_the_local_cas_and_its_names_cost_no_order() {
        directory.publish(CertificateFixture.directory(1, "*.lab1.example.com", "own.lab1.example.com"));
        try (Certificates certificates = open()) {
            assertThat(issuer(certificates, "any.lab1.example.com")).contains("Sallyport issuing");
            assertThat(issuer(certificates, "any.lab2.example.com")).isEqualTo("none");
            assertThat(issuer(certificates, "a.any.lab1.example.com")).isEqualTo("none");
            assertThat(issuer(certificates, "own.lab1.example.com")).contains("Fake root");
            assertThat(authority.ordered).containsExactly("own.lab1.example.com");
            assertThat(certificates.rehearse(new Hostname("*.lab1.example.com")))
                    .extracting(Problem::fault)
                    .containsExactly(Fault.WILDCARD_UNPROVED);
        }
    }

    @Test
    void nothing_is_ordered_for_a_name_that_is_passed_through() {
        directory.publish(CertificateFixture.passthrough(CertificateFixture.directory(1, "own.gw.test")));
        try (Certificates certificates = open()) {
            timers.advance(Duration.ofDays(2));
            assertThat(authority.ordered).isEmpty();
            assertThat(certificates.reports()).noneMatch(report -> report.source() == Source.ACME);
        }
    }

    @Test
    void a_device_that_is_removed_and_added_again_costs_one_order() {
        try (Certificates certificates = open()) {
            for (int version = 1; version < 20; version += 2) {
                directory.publish(CertificateFixture.directory(version, "ordered.gw.test"));
                assertThat(issuer(certificates, "ordered.gw.test")).contains("Fake root");
                directory.publish(CertificateFixture.directory(version + 1));
                assertThat(issuer(certificates, "ordered.gw.test")).isEqualTo("none");
            }
            assertThat(authority.ordered).hasSize(1);
        }
    }

    @Test
    void renewed_files_are_chosen_after_the_next_look() throws Exception {
        CertificateFiles files = CertificateFixture.pair(folder, "given", 30, "given.gw.test");
        directory.publish(CertificateFixture.directory(1, "given.gw.test"));
        try (Certificates certificates = open(files)) {
            ServerCertificate old =
                    certificates.find(new Hostname("given.gw.test")).orElseThrow();
            CertificateFiles next = CertificateFixture.pair(folder, "next", 60, "given.gw.test");
            Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
            timers.advance(Duration.ofSeconds(30));
            assertThat(certificates.find(new Hostname("given.gw.test"))).containsSame(old);
            Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
            timers.advance(Duration.ofSeconds(30));
            assertThat(certificates.find(new Hostname("given.gw.test")).orElseThrow())
                    .isNotSameAs(old);
            assertThat(authority.ordered).isEmpty();
        }
    }

    @Test
    void files_that_nobody_renews_are_mentioned_at_a_third_and_at_a_sixth() {
        directory.publish(CertificateFixture.directory(1, "given.gw.test"));
        try (Certificates certificates = open(CertificateFixture.pair(folder, "given", 1, "given.gw.test"))) {
            timers.advance(Duration.ofHours(15));
            assertThat(notices()).isEmpty();
            timers.advance(Duration.ofHours(2));
            assertThat(notices()).containsExactly(Fault.CERTIFICATE_ENDS);
            timers.advance(Duration.ofHours(2));
            assertThat(notices()).containsExactly(Fault.CERTIFICATE_ENDS);
            timers.advance(Duration.ofHours(2));
            assertThat(notices()).containsExactly(Fault.CERTIFICATE_ENDS, Fault.CERTIFICATE_ENDS);
            assertThat(source(certificates, "given.gw.test")).isEqualTo(Source.FILES);
        }
    }

    @Test
    void a_renewal_that_fails_is_mentioned_and_one_that_works_is_not() {
        directory.publish(CertificateFixture.directory(1, "ordered.gw.test"));
        try (Certificates certificates = open()) {
            timers.advance(Duration.ofDays(40));
            assertThat(notices()).doesNotContain(Fault.CERTIFICATE_ENDS);
            authority.down = true;
            timers.advance(Duration.ofDays(30));
            assertThat(notices().stream().filter(fault -> fault == Fault.CERTIFICATE_ENDS))
                    .hasSize(2);
            assertThat(issuer(certificates, "ordered.gw.test")).contains("Fake root");
        }
    }

    @Test
    void a_certificate_of_the_authority_that_is_over_leaves_the_name_to_the_local_ca() {
        directory.publish(CertificateFixture.directory(1, "ordered.gw.test"));
        try (Certificates certificates = open()) {
            authority.down = true;
            timers.advance(Duration.ofDays(47));
            assertThat(issuer(certificates, "ordered.gw.test")).contains("Sallyport issuing");
        }
    }

    @Test
    void only_what_was_ordered_can_be_ordered_again() {
        directory.publish(CertificateFixture.directory(1, "given.gw.test", "ordered.gw.test"));
        try (Certificates certificates = open(CertificateFixture.pair(folder, "given", 30, "given.gw.test"))) {
            certificates.renew("ordered.gw.test");
            assertThat(authority.ordered).hasSize(2);
            assertThatThrownBy(() -> certificates.renew("given.gw.test"))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().fault()).isEqualTo(Fault.CERTIFICATE_NOT_ORDERED));
        }
    }
}
