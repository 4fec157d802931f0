package sallyport.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.config.AcmeConfig.DnsProvider;
import sallyport.gateway.config.LoadedConfig.Origin;
import sallyport.gateway.fault.Problem;

/** The section {@code acme}. What each value does is shown by the tests of {@code cert}. */
final class AcmeConfigTest {
    private static final String BASE =
            "data: /data\ndomain: gw.test\nacme:\n  directory: letsencrypt\n  terms-agreed: true\n";
    private static final String KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

    @TempDir
    Path folder;

    private LoadedConfig load(String yaml, Map<String, String> environment) throws IOException {
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, yaml);
        return new ConfigLoader(environment).load(Optional.of(file), Map.of());
    }

    private AcmeConfig acme(String lines) throws IOException {
        return load(BASE + lines, Map.of()).config().acme().orElseThrow();
    }

    private DnsProvider provider(String lines) throws IOException {
        return acme(lines).dns().orElseThrow().provider();
    }

    private List<String> problems(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> load(yaml, Map.of())).problems().stream()
                .map(Problem::cause)
                .toList();
    }

    @Test
    void without_the_section_nothing_is_ordered() throws IOException {
        assertThat(load("domain: gw.test\n", Map.of()).config().acme()).isEmpty();
    }

    @Test
    void two_lines_are_enough() throws IOException {
        AcmeConfig acme = acme("");
        assertThat(acme.directory()).isEqualTo(URI.create("https://acme-v02.api.letsencrypt.org/directory"));
        assertThat(acme.challenges()).containsExactly(ChallengeType.TLS_ALPN_01, ChallengeType.HTTP_01);
        assertThat(acme.wildcard()).isFalse();
        assertThat(acme.dns()).isEmpty();
    }

    @Test
    void every_other_key_is_read() throws IOException {
        AcmeConfig acme = acme("""
                trust: root.pem
                email: ops@gw.test
                eab-key-id: customer
                eab-key: %s
                challenges: [dns-01, http-01]
                dns-provider: exec
                dns-command: [/usr/local/bin/hook, "--zone", gw.test]
                dns-wait: 90
                """.formatted(KEY).indent(2));
        assertThat(acme.trust()).contains(Path.of("/data/root.pem"));
        assertThat(acme.email()).contains("ops@gw.test");
        assertThat(acme.externalAccount()).contains(new AcmeConfig.ExternalAccount("customer", KEY));
        assertThat(acme.challenges()).containsExactly(ChallengeType.DNS_01, ChallengeType.HTTP_01);
        assertThat(acme.wildcard()).isTrue();
        assertThat(acme.dns())
                .contains(new AcmeConfig.Dns(
                        new DnsProvider.Exec(List.of("/usr/local/bin/hook", "--zone", "gw.test")),
                        Duration.ofSeconds(90)));
        assertThat(acme("  dns-provider: exec\n  dns-command: /hook\n  wildcard: false\n")
                        .wildcard())
                .isFalse();
        assertThat(acme("  dns-provider: exec\n  dns-command: /hook\n").challenges())
                .endsWith(ChallengeType.DNS_01);
    }

    @Test
    void every_provider_gets_its_keys() throws IOException {
        assertThat(provider("  dns-provider: rfc2136\n  dns-server: ns.gw.test\n  dns-zone: gw.test.\n"
                        + "  dns-key-name: updater\n  dns-secret: c2VjcmV0\n"))
                .isEqualTo(new DnsProvider.Update(
                        InetSocketAddress.createUnresolved("ns.gw.test", 53), "gw.test", "updater", "c2VjcmV0"));
        assertThat(provider(
                        "  dns-provider: acme-dns\n  dns-url: https://dns.gw.test/\n  dns-accounts: accounts.json\n"))
                .isEqualTo(new DnsProvider.AcmeDns(URI.create("https://dns.gw.test"), Path.of("/data/accounts.json")));
        assertThat(provider("  dns-provider: desec\n  dns-secret: t\n"))
                .isEqualTo(new DnsProvider.Desec(URI.create("https://desec.io/api/v1"), Optional.empty(), "t"));
        assertThat(provider("  dns-provider: cloudflare\n  dns-secret: t\n  dns-zone: gw.test\n"))
                .isEqualTo(new DnsProvider.Cloudflare(
                        URI.create("https://api.cloudflare.com/client/v4"), Optional.of("gw.test"), "t"));
    }

    @Test
    void secrets_come_from_files_and_credentials_and_are_never_shown() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "from-a-file\n");
        Files.writeString(folder.resolve("acme.eab-key"), KEY + "\n");
        LoadedConfig loaded = load(
                BASE + "  eab-key-id: customer\n  dns-provider: desec\n",
                Map.of("SALLYPORT_ACME_DNS_SECRET__FILE", "" + secret, "CREDENTIALS_DIRECTORY", "" + folder));
        AcmeConfig acme = loaded.config().acme().orElseThrow();
        assertThat(acme.externalAccount().orElseThrow().key()).isEqualTo(KEY);
        assertThat(acme.dns().orElseThrow().provider())
                .isInstanceOfSatisfying(
                        DnsProvider.Desec.class,
                        desec -> assertThat(desec.token()).isEqualTo("from-a-file"));
        assertThat(loaded.origins().stream()
                        .filter(origin -> origin.key().startsWith("acme."))
                        .map(Origin::value))
                .doesNotContain(KEY, "from-a-file")
                .contains("********");
        assertThat(acme.toString()).doesNotContain(KEY, "from-a-file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "email: nobody | is not a mail address",
                "directory: letsencript | is not an https URL",
                "directory: http://ca.test/dir | is not an https URL",
                "terms-agreed: yes | is neither true nor false",
                "terms-agreed: false | terms of service are not agreed to",
                "eab-key-id: x | acme.eab-key is missing",
                "eab-key: c2hvcnQ | not base64url of at least 32 bytes",
                "challenges: [http-1] | is none of tls-alpn-01, http-01, dns-01",
                "challenges: [] | the list is empty",
                "challenges: [dns-01] | dns-01 needs acme.dns-provider",
                "wildcard: true | a wildcard needs dns-01 and a domain",
                "dns-secret: x | does nothing without acme.dns-provider",
                "dns-provider: godaddy | is none of exec, rfc2136, acme-dns, desec, cloudflare",
                "dns-provider: exec | exec needs acme.dns-command",
                "dns-wait: 1h | is not a number of seconds",
                "dns-url: ftp://x | does nothing without acme.dns-provider"
            })
    void what_cannot_be_is_said(String line, String words) {
        String key = line.substring(0, line.indexOf(':') + 1);
        String base = BASE.lines()
                .filter(given -> !given.strip().startsWith(key))
                .reduce("", (text, given) -> text + given + "\n");
        assertThat(problems(base + "  " + line + "\n")).anyMatch(cause -> cause.contains(words));
    }

    @Test
    void a_name_server_is_a_host_and_perhaps_a_port() {
        assertThat(AcmeText.server("[2001:db8::1]:5353").getPort()).isEqualTo(5353);
        assertThat(AcmeText.server("192.0.2.1").getPort()).isEqualTo(53);
        assertThatThrownBy(() -> AcmeText.server("a b")).hasMessageContaining("is not a server");
    }

    @Test
    void a_provider_that_no_challenge_uses_and_keys_of_another_provider_are_errors() {
        assertThat(problems(BASE + "  challenges: [http-01]\n  dns-provider: desec\n  dns-secret: x\n"))
                .anyMatch(cause -> cause.contains("dns-01 is not among acme.challenges"));
        assertThat(problems(BASE + "  dns-provider: desec\n  dns-secret: x\n  dns-server: a\n"))
                .anyMatch(cause -> cause.contains("acme.dns-server: does nothing for the provider desec"));
        assertThat(problems("acme: {email: ops@gw.test}\n"))
                .anyMatch(cause -> cause.contains("acme.directory is missing"));
    }
}
