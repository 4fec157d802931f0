package sallyport.gateway.cert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.config.AcmeConfig;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.time.HandTimers;

/** Orders at an authority whose clock and moods the test sets. Everything runs on the test's thread. */
final class AcmeCertificatesTest {
    private static final Hostname ONE = new Hostname("one.gw.test");
    private static final Hostname TWO = new Hostname("two.gw.test");
    private static final Optional<Hostname> DOMAIN = Optional.of(new Hostname("gw.test"));

    @TempDir
    Path folder;

    private final HandTimers timers = new HandTimers(Instant.parse("2027-01-01T00:00:00Z"));
    private final List<GatewayEvent> events = new ArrayList<>();
    private FakeAuthority authority;

    @BeforeEach
    void start() throws Exception {
        authority = new FakeAuthority(folder, timers);
    }

    @AfterEach
    void stop() {
        authority.close();
    }

    private AcmeConfig config() {
        return new AcmeConfig(
                authority.directory(),
                Optional.of(authority.trust()),
                Optional.empty(),
                Optional.empty(),
                List.of(ChallengeType.HTTP_01, ChallengeType.TLS_ALPN_01),
                false,
                Optional.empty());
    }

    private AcmeConfig withDns(String... command) {
        AcmeConfig plain = config();
        return new AcmeConfig(
                plain.directory(),
                plain.trust(),
                plain.email(),
                plain.externalAccount(),
                List.of(ChallengeType.HTTP_01, ChallengeType.DNS_01),
                true,
                Optional.of(new AcmeConfig.Dns(new AcmeConfig.DnsProvider.Exec(List.of(command)), Duration.ZERO)));
    }

    private AcmeCertificates open(AcmeConfig config) {
        return new AcmeCertificates(config, folder.resolve("data"), timers, events::add, Runnable::run, () -> {});
    }

    private AcmeCertificates open() {
        return open(config());
    }

    private List<Fault> notices() {
        return events.stream()
                .filter(GatewayEvent.Notice.class::isInstance)
                .map(event -> ((GatewayEvent.Notice) event).problem().fault())
                .toList();
    }

    private static CertificateReport only(AcmeCertificates acme) {
        assertThat(acme.reports()).hasSize(1);
        return acme.reports().getFirst();
    }

    @Test
    void a_wanted_name_gets_a_certificate_and_both_challenges_are_shown_only_while_they_are_under_way() {
        AcmeCertificates acme = open();
        List<String> shown = new ArrayList<>();
        authority.look = (type, name, token) -> {
            Hostname hostname = new Hostname(name);
            shown.add(type
                    + acme.challenges().findHttp(hostname, token).map(answer -> " " + answer.startsWith(token + "."))
                    + acme.challenges().findHttp(TWO, token).isPresent()
                    + acme.challenges().findHttp(hostname, "other").isPresent()
                    + acme.challenges().findTls(hostname).isPresent());
            return true;
        };

        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        assertThat(shown).containsExactly("http-01Optional[ true]falsefalsefalse");
        assertThat(acme.certificates()).containsOnlyKeys("one.gw.test");
        assertThat(Objects.requireNonNull(acme.certificates().get("one.gw.test"))
                        .chain())
                .hasSize(2);
        assertThat(only(acme).state()).isEqualTo(CertificateReport.State.READY);
        assertThat(acme.challenges().findHttp(ONE, "token-1")).isEmpty();
        assertThat(events).anyMatch(event -> event instanceof GatewayEvent.CertificateObtained);
    }

    @Test
    void a_failed_challenge_is_said_in_words_and_the_next_window_tries_the_next_type() {
        AcmeCertificates acme = open();
        authority.look = (type, name, token) -> type.equals("tls-alpn-01");

        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        CertificateReport failed = only(acme);
        assertThat(failed.state()).isEqualTo(CertificateReport.State.FAILED);
        assertThat(failed.error().orElseThrow().sentence())
                .contains("SP-723", "one.gw.test", "http-01", "Connection refused by the name");
        assertThat(failed.next()).contains(timers.now().plus(Duration.ofMinutes(15)));

        timers.advance(Duration.ofMinutes(14));
        assertThat(authority.ordered).hasSize(1);
        timers.advance(Duration.ofMinutes(2));

        assertThat(authority.challenged).containsExactly("http-01 one.gw.test", "tls-alpn-01 one.gw.test");
        assertThat(acme.certificates()).containsOnlyKeys("one.gw.test");
    }

    @Test
    void neither_restarts_nor_changes_of_the_directory_cost_an_order_within_the_window() {
        authority.look = (type, name, token) -> !name.equals("two.gw.test");
        open().want(new WantedNames(DOMAIN, Set.of(ONE, TWO), Set.of()));
        assertThat(authority.ordered).containsExactlyInAnyOrder("one.gw.test", "two.gw.test");

        for (int i = 0; i < 20; i++) {
            AcmeCertificates again = open();
            again.want(new WantedNames(DOMAIN, Set.of(ONE, TWO), Set.of()));
            again.want(new WantedNames(DOMAIN, Set.of(), Set.of()));
            again.want(new WantedNames(DOMAIN, Set.of(TWO, ONE), Set.of()));
            assertThat(again.certificates()).containsOnlyKeys("one.gw.test");
        }

        assertThat(authority.ordered).hasSize(2);
        assertThat(authority.accounts).hasValue(1);
    }

    @Test
    void a_name_that_fails_for_ever_costs_one_order_a_day_in_the_end() {
        authority.look = (type, name, token) -> false;
        open().want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        timers.advance(Duration.ofHours(18));
        assertThat(authority.ordered).hasSize(5);
        timers.advance(Duration.ofDays(10));
        assertThat(authority.ordered).hasSize(15);
    }

    @Test
    void an_authority_that_is_down_leaves_the_old_certificate_and_is_reported_once() {
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        ServerCertificate old = acme.certificates().get("one.gw.test");

        authority.down = true;
        timers.advance(Duration.ofDays(44));

        assertThat(acme.certificates().get("one.gw.test")).isSameAs(old);
        assertThat(notices()).containsExactly(Fault.ACME_UNREACHABLE);
        assertThat(only(acme).state()).isEqualTo(CertificateReport.State.RENEWAL_FAILED);
        assertThat(acme.overdue()).containsOnlyKeys("one.gw.test");

        authority.down = false;
        timers.advance(Duration.ofHours(5));
        assertThat(acme.certificates().get("one.gw.test")).isNotSameAs(old);
        assertThat(only(acme).error()).isEmpty();
        assertThat(acme.overdue()).isEmpty();
    }

    @Test
    void a_rate_limit_is_respected_for_all_names_and_shown() {
        Instant until = timers.now().plus(Duration.ofHours(30));
        authority.limitedUntil = Optional.of(until);
        AcmeCertificates acme = open();

        acme.want(new WantedNames(DOMAIN, Set.of(ONE, TWO), Set.of()));
        timers.advance(Duration.ofHours(29));

        assertThat(authority.ordered).isEmpty();
        assertThat(notices()).containsExactly(Fault.ACME_RATE_LIMITED);
        assertThat(acme.reports()).allSatisfy(report -> {
            assertThat(report.error().orElseThrow().cause()).contains("too many certificates this week", "" + until);
            assertThat(report.next()).contains(until);
        });
        assertThat(acme.renewNow(CertificateName.of(ONE)).orElseThrow().cause()).contains("" + until);

        timers.advance(Duration.ofHours(2));
        assertThat(acme.certificates()).containsOnlyKeys("one.gw.test", "two.gw.test");
    }

    @Test
    void two_years_of_short_certificates_never_leave_a_name_without_one() {
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        for (int day = 0; day < 730; day++) {
            authority.down = day % 180 >= 25 && day % 180 < 39; // two weeks, beginning shortly before a renewal
            timers.advance(Duration.ofDays(1));
            assertThat(acme.certificates()).containsKey("one.gw.test");
        }
        assertThat(authority.ordered.size()).isBetween(20, 30);
    }

    @Test
    void the_window_that_the_authority_suggests_is_met_and_the_old_certificate_named() {
        Instant start = timers.now().plus(Duration.ofDays(10));
        authority.window = Optional.of(new FakeAuthority.Window(start, start.plus(Duration.ofDays(1))));
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        timers.advance(Duration.ofDays(10));
        assertThat(authority.ordered).hasSize(1);
        Instant chosen = only(acme).next().orElseThrow();
        assertThat(chosen).isBetween(start, start.plus(Duration.ofDays(1)));
        acme.close();

        AcmeCertificates restarted = open();
        restarted.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        assertThat(only(restarted).next()).contains(chosen);
        timers.advance(Duration.ofDays(1).plusHours(1));

        assertThat(authority.ordered).hasSize(2);
        assertThat(authority.replaced).hasSize(1);
        assertThat(authority.replaced.getFirst()).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");
        assertThat(authority.renewalQuestions.get()).isLessThan(60);
    }

    @Test
    void a_window_in_the_past_renews_at_once() {
        authority.window = Optional.of(new FakeAuthority.Window(
                timers.now().minus(Duration.ofDays(2)), timers.now().minus(Duration.ofDays(1))));
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        timers.advance(Duration.ofHours(23));
        assertThat(authority.ordered).hasSize(1); // never twice a day
        timers.advance(Duration.ofHours(2));
        assertThat(authority.ordered).hasSize(2);
    }

    @Test
    void an_order_that_was_under_way_goes_on_after_a_restart_with_its_own_key() {
        authority.stopsBeforeIssuing = true;
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        assertThat(acme.certificates()).isEmpty();
        acme.close();

        authority.stopsBeforeIssuing = false;
        authority.down = false;
        AcmeCertificates restarted = open();
        restarted.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        assertThat(restarted.certificates()).containsOnlyKeys("one.gw.test");
        assertThat(authority.ordered).hasSize(1);
    }

    @Test
    void a_rate_limit_outlives_a_restart() {
        Instant until = timers.now().plus(Duration.ofHours(30));
        authority.limitedUntil = Optional.of(until);
        try (AcmeCertificates acme = open()) {
            acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        }
        authority.limitedUntil = Optional.empty();

        AcmeCertificates again = open();
        again.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        timers.advance(Duration.ofHours(29));

        assertThat(authority.ordered).isEmpty();
        assertThat(only(again).next()).contains(until);
        assertThat(only(again).error().orElseThrow().fault()).isEqualTo(Fault.ACME_RATE_LIMITED);
        timers.advance(Duration.ofHours(2));
        assertThat(again.certificates()).containsOnlyKeys("one.gw.test");
    }

    @Test
    void the_authority_looks_at_a_record_only_after_the_time_that_it_needs_to_spread() throws Exception {
        Path written = folder.resolve("written");
        Path hook = folder.resolve("hook");
        Files.writeString(hook, "#!/bin/sh\n[ $1 = add ] && touch " + written + "\ntrue\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        AcmeConfig plain = withDns("" + hook);
        Duration spreading = Duration.ofMillis(300);
        List<Duration> waited = new ArrayList<>();
        authority.look = (type, name, token) -> {
            waited.add(Duration.ofMillis(
                    System.currentTimeMillis() - written.toFile().lastModified()));
            return true;
        };
        AcmeCertificates acme = open(new AcmeConfig(
                plain.directory(),
                plain.trust(),
                plain.email(),
                plain.externalAccount(),
                List.of(ChallengeType.DNS_01),
                true,
                Optional.of(new AcmeConfig.Dns(plain.dns().orElseThrow().provider(), spreading))));

        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        assertThat(waited).singleElement().satisfies(time -> assertThat(time).isGreaterThanOrEqualTo(spreading));
    }

    @Test
    void a_wildcard_serves_all_names_of_the_domain_by_dns_through_a_program() throws Exception {
        Path log = folder.resolve("hook.log");
        Path hook = folder.resolve("hook");
        Files.writeString(hook, "#!/bin/sh\necho \"$@ ${SALLYPORT_ACME_DNS_SECRET:-none}\" >> " + log + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        AcmeCertificates acme = open(withDns("" + hook, "a; b"));

        acme.want(new WantedNames(DOMAIN, Set.of(ONE, TWO, new Hostname("own.example.org")), Set.of()));

        assertThat(authority.ordered).containsExactlyInAnyOrder("*.gw.test", "own.example.org");
        assertThat(authority.challenged).containsExactlyInAnyOrder("dns-01 gw.test", "http-01 own.example.org");
        assertThat(Files.readAllLines(log).stream().map(line -> line.replaceAll("[A-Za-z0-9_-]{43}", "DIGEST")))
                .containsExactly(
                        "a; b add _acme-challenge.gw.test DIGEST none",
                        "a; b remove _acme-challenge.gw.test DIGEST none");
    }

    @Test
    void a_name_may_have_a_certificate_for_itself_and_return_to_the_wildcard_at_once() {
        AcmeCertificates acme = open(withDns("/bin/true"));

        acme.want(new WantedNames(DOMAIN, Set.of(ONE, TWO), Set.of(ONE)));
        assertThat(authority.ordered).containsExactlyInAnyOrder("*.gw.test", "one.gw.test");
        assertThat(acme.certificates()).containsOnlyKeys("*.gw.test", "one.gw.test");

        acme.want(new WantedNames(DOMAIN, Set.of(ONE, TWO), Set.of()));
        assertThat(acme.certificates()).containsOnlyKeys("*.gw.test");
        assertThat(authority.ordered).hasSize(2);
    }

    @Test
    void a_wildcard_of_the_directory_is_proved_by_dns_and_serves_names_below_it_too() throws Exception {
        AcmeCertificates acme = open(withDns("/bin/true"));

        WantedNames names = new WantedNames(
                DOMAIN, Set.of(new Hostname("*.lab1.example.com"), new Hostname("own.lab1.example.com")), Set.of());
        acme.want(names);

        assertThat(authority.ordered).containsExactly("*.lab1.example.com");
        assertThat(authority.challenged).containsExactly("dns-01 lab1.example.com");
        assertThat(acme.rehearse(names, new Hostname("*.lab1.example.com"))).isEmpty();
    }

    @Test
    void a_program_that_fails_is_quoted() throws Exception {
        Path hook = folder.resolve("hook");
        Files.writeString(hook, "#!/bin/sh\necho starting\necho 'zone is locked' >&2\nexit 3\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        AcmeCertificates acme = open(withDns("" + hook));

        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        assertThat(only(acme).error().orElseThrow().sentence())
                .contains("SP-727", "_acme-challenge.gw.test", "code 3: zone is locked");
    }

    @Test
    void a_program_that_is_not_there_stops_the_start() {
        assertThatThrownBy(() -> open(withDns("/nowhere/hook")))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().fault()).isEqualTo(Fault.DNS_COMMAND));
    }

    @Test
    void more_than_twenty_names_without_a_wildcard_are_hinted_at_once() {
        authority.down = true;
        Set<Hostname> names = IntStream.rangeClosed(1, 21)
                .mapToObj(i -> new Hostname("d" + i + ".gw.test"))
                .collect(Collectors.toSet());
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, names, Set.of()));
        acme.want(new WantedNames(DOMAIN, names, Set.of()));

        assertThat(notices().stream().filter(fault -> fault == Fault.ACME_WILDCARD))
                .hasSize(1);
    }

    @Test
    void the_account_has_the_contact_of_the_configuration_and_follows_it() {
        AcmeConfig plain = config();
        for (String email : List.of("ops@gw.test", "ops@gw.test", "other@gw.test")) {
            AcmeCertificates acme = open(new AcmeConfig(
                    plain.directory(),
                    plain.trust(),
                    Optional.of(email),
                    plain.externalAccount(),
                    plain.challenges(),
                    false,
                    plain.dns()));
            acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
            acme.renewNow(CertificateName.of(ONE));
        }
        assertThat(authority.accounts).hasValue(1);
        assertThat(authority.contacts).containsExactly("mailto:ops@gw.test", "mailto:other@gw.test");
    }

    @Test
    void an_external_account_is_bound_with_its_key_and_asked_for_when_it_is_missing() {
        authority.bindingKey = Optional.of("zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W");
        AcmeCertificates without = open();
        without.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        assertThat(only(without).error().orElseThrow().sentence()).contains("SP-725", "external account binding");
        without.close();

        AcmeConfig plain = config();
        for (String key :
                List.of("d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc", authority.bindingKey.get())) {
            AcmeCertificates bound = open(new AcmeConfig(
                    plain.directory(),
                    plain.trust(),
                    plain.email(),
                    Optional.of(new AcmeConfig.ExternalAccount("customer-7", key)),
                    plain.challenges(),
                    false,
                    plain.dns()));
            bound.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
            assertThat(bound.certificates().isEmpty()).isEqualTo(!key.equals(authority.bindingKey.get()));
            bound.close();
        }
    }

    @Test
    void everything_that_is_kept_is_private() throws Exception {
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));

        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            List<Path> all = files.toList();
            assertThat(all).anyMatch(file -> file.endsWith("one.gw.test.pem"));
            for (Path file : all) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertThat(mode).as("%s", file).endsWith("------");
            }
        }
    }

    @Test
    void a_damaged_account_key_stops_the_start() throws Exception {
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            Path key = files.filter(file -> file.endsWith("account.pem"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(key, "-----BEGIN EC PRIVATE KEY-----\nMHcC");
        }
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().fault()).isEqualTo(Fault.ACME_ACCOUNT_UNREADABLE));
    }

    @Test
    void an_operators_wish_orders_at_once() {
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        ServerCertificate old = acme.certificates().get("one.gw.test");

        assertThat(acme.renewNow(CertificateName.of(ONE))).isEmpty();

        assertThat(acme.certificates().get("one.gw.test")).isNotSameAs(old);
        assertThat(authority.ordered).hasSize(2);
    }

    @Test
    void names_that_are_gone_are_forgotten_once_their_certificate_is_over() throws Exception {
        AcmeCertificates acme = open();
        acme.want(new WantedNames(DOMAIN, Set.of(ONE), Set.of()));
        acme.want(new WantedNames(DOMAIN, Set.of(), Set.of()));
        timers.advance(Duration.ofDays(44));
        assertThat(acme.certificates()).containsOnlyKeys("one.gw.test");
        timers.advance(Duration.ofDays(2));

        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("one"));
        }
    }
}
