package sallyport.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.config.LoadedConfig.Origin;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.Problem;

final class ConfigLoaderTest {
    private static final String SAMPLE = """
            data: /var/lib/sallyport
            domain: mm-remote.company.com
            ssh:
              listen: ["[::]:2222"]
              user: mmremote
            https:
              listen: ["[::]:443"]
              public-port: 443
            http:
              listen: ["[::]:80"]
            certificates:
              - {certificate: full.pem, key: key.pem}
            console:
              listen: 127.0.0.1:7780
              hostname: console.company.com
            log: {level: info, format: text}
            management:
              listen: 127.0.0.1:9900
            ports:
              range: 20000-29999
            database:
              url: jdbc:sqlite:sallyport.db
            """;

    @TempDir
    private Path folder;

    @Test
    void the_sample_of_the_documentation_is_read_with_all_its_keys() throws IOException {
        GatewayConfig config = load(SAMPLE).config();

        assertThat(config.data()).isEqualTo(Path.of("/var/lib/sallyport"));
        assertThat(config.domain()).contains(new Hostname("mm-remote.company.com"));
        assertThat(config.ssh().listen()).extracting(ListenAddress::toString).containsExactly(":2222");
        assertThat(config.ssh().user()).contains("mmremote");
        assertThat(config.https().listen()).extracting(ListenAddress::port).containsExactly(443);
        assertThat(config.https().publicPort()).contains(443);
        assertThat(config.http().listen()).extracting(ListenAddress::port).containsExactly(80);
        assertThat(config.certificates())
                .containsExactly(new GatewayConfig.CertificateFiles(
                        Path.of("/var/lib/sallyport/full.pem"),
                        Path.of("/var/lib/sallyport/key.pem"),
                        folder.resolve("gateway.yaml") + ":12:19"));
        assertThat(config.console().listen())
                .extracting(ListenAddress::toString)
                .containsExactly("127.0.0.1:7780");
        assertThat(config.console().hostname()).contains(new Hostname("console.company.com"));
        assertThat(config.log())
                .isEqualTo(new GatewayConfig.Log(GatewayConfig.Log.Level.INFO, GatewayConfig.Log.Format.TEXT));
        assertThat(config.management().listen()).extracting(ListenAddress::port).containsExactly(9900);
        assertThat(config.ports()).isEqualTo(new GatewayConfig.Ports(20000, 29999));
        assertThat(config.database().url()).isEqualTo("jdbc:sqlite:/var/lib/sallyport/sallyport.db");
    }

    @Test
    void an_empty_file_means_defaults() throws IOException {
        GatewayConfig config = load("# nothing yet\n").config();

        assertThat(config.data()).isEqualTo(Path.of("/var/lib/sallyport"));
        assertThat(config.domain()).isEmpty();
        assertThat(config.ssh().listen()).extracting(ListenAddress::port).containsExactly(2222);
        assertThat(config.certificates()).isEmpty();
    }

    @Test
    void without_a_default_file_there_are_defaults() {
        LoadedConfig loaded =
                new ConfigLoader(Map.of(), folder.resolve("absent.yaml")).load(Optional.empty(), Map.of());

        assertThat(loaded.origins()).extracting(Origin::source).containsOnly("default");
    }

    @Test
    void a_chosen_file_has_to_exist() {
        Path absent = folder.resolve("absent.yaml");

        assertThat(refusal(Map.of(), absent, Map.of()))
                .containsExactly("SP-704 The configuration " + absent
                        + " cannot be read: it does not exist. Check path and permissions.");
    }

    @Test
    void a_folder_is_no_configuration() {
        assertThat(refusal(Map.of(), folder, Map.of()))
                .singleElement()
                .asString()
                .contains("it is a folder");
    }

    @Test
    void options_win_over_the_environment_and_that_over_the_file_and_that_over_defaults() throws IOException {
        Map<String, String> environment = Map.of("SALLYPORT_SSH_USER", "from-env", "SALLYPORT_LOG_LEVEL", "warn");
        Path file = write("gateway.yaml", "ssh: {user: from-file}\nlog: {level: error, format: json}\n");

        LoadedConfig loaded = new ConfigLoader(environment).load(Optional.of(file), Map.of("ssh.user", "from-option"));

        assertThat(loaded.origins())
                .contains(
                        new Origin("ssh.user", "from-option", "--set ssh.user"),
                        new Origin("log.level", "warn", "SALLYPORT_LOG_LEVEL"),
                        new Origin("log.format", "json", file + ":2:29"),
                        new Origin("ports.range", "20000-29999", "default"));
    }

    @Test
    void files_of_the_folder_beside_are_merged_in_the_order_of_their_names() throws IOException {
        Path file = write("gateway.yaml", "ssh: {user: first}\ndomain: a.example.com\n");
        Files.createDirectory(folder.resolve("sallyport.d"));
        write("sallyport.d/20-late.yaml", "ssh: {user: third}\n");
        write("sallyport.d/10-early.yaml", "ssh: {user: second}\nlog: {level: debug}\n");
        write("sallyport.d/20-late.yaml~", "ssh: {user: backup}\n");

        GatewayConfig config =
                new ConfigLoader(Map.of()).load(Optional.of(file), Map.of()).config();

        assertThat(config.ssh().user()).contains("third");
        assertThat(config.log().level()).isEqualTo(GatewayConfig.Log.Level.DEBUG);
        assertThat(config.domain()).contains(new Hostname("a.example.com"));
    }

    @Test
    void a_wrong_value_is_reported_even_when_another_source_overrides_it() throws IOException {
        Path file = write("gateway.yaml", "https: {public-port: 0}\n");

        assertThat(refusal(Map.of(), file, Map.of("https.public-port", "8443")))
                .singleElement()
                .asString()
                .contains("gateway.yaml:1:22: https.public-port");
    }

    @Test
    void problems_of_all_sources_come_at_once() throws IOException {
        Path file = write("gateway.yaml", "domain: '*'\n");
        Map<String, String> environment = Map.of("SALLYPORT_HTTPS_LISTEN", ":443,:x");

        assertThat(refusal(environment, file, Map.of("log.levl", "info")))
                .containsExactly(
                        "SP-703 " + file + ":1:9: domain: \"*\" is not a host name. Use a DNS name such as"
                                + " device.example.com.",
                        "SP-703 SALLYPORT_HTTPS_LISTEN: https.listen: \"x\" is not a port. Use a number from 0 to"
                                + " 65535.",
                        "SP-702 --set log.levl: unknown key \"log.levl\". Did you mean \"log.level\"?");
    }

    @Test
    void lists_in_variables_are_separated_by_commas() {
        GatewayConfig config = load(Map.of("SALLYPORT_HTTPS_LISTEN", "127.0.0.1:0, [::1]:0"));

        assertThat(config.https().listen())
                .extracting(ListenAddress::toString)
                .containsExactly("127.0.0.1:0", "[::1]:0");
    }

    @Test
    void certificates_in_a_variable_are_written_as_in_the_file() {
        GatewayConfig config = load(Map.of(
                "SALLYPORT_DATA", "/data", "SALLYPORT_CERTIFICATES", "[{certificate: full.pem, key: /etc/key.pem}]"));

        assertThat(config.certificates())
                .containsExactly(new GatewayConfig.CertificateFiles(
                        Path.of("/data/full.pem"), Path.of("/etc/key.pem"), "SALLYPORT_CERTIFICATES:1:16"));
    }

    @Test
    void empty_variables_and_those_of_others_do_not_count() {
        GatewayConfig config = load(Map.of(
                "SALLYPORT_SSH_USER", "",
                "SALLYPORT_JAVA_OPTS", "-Xmx1g",
                "SALLYPORT_PORT", "tcp://10.0.0.1:443",
                "SALLYPORT_SSH_PORT_2222_TCP_ADDR", "10.0.0.1",
                "SALLYPORT_HTTPS_SERVICE_HOST", "10.0.0.1"));

        assertThat(config.ssh().user()).isEmpty();
    }

    @Test
    void a_misspelt_variable_is_reported() {
        assertThat(refusal(Map.of("SALLYPORT_SSH_LISTN", ":22"), write("gateway.yaml", ""), Map.of()))
                .containsExactly("SP-702 environment: unknown key \"SALLYPORT_SSH_LISTN\". Did you mean"
                        + " SALLYPORT_SSH_LISTEN?");
    }

    @Test
    void a_secret_comes_from_the_file_that_a_variable_names() {
        Path secret = write("secret", "geheim\n");

        GatewayConfig config = load(Map.of(
                "SALLYPORT_DATABASE_URL",
                "jdbc:postgresql://db/sallyport",
                "SALLYPORT_DATABASE_PASSWORD__FILE",
                secret.toString()));

        assertThat(config.database().password()).contains("geheim");
    }

    @Test
    void a_secret_comes_from_the_credentials_of_systemd() {
        write("database.password", "geheim");

        GatewayConfig config = load(Map.of(
                "SALLYPORT_DATABASE_URL",
                "jdbc:postgresql://db/sallyport",
                "CREDENTIALS_DIRECTORY",
                folder.toString()));

        assertThat(config.database().password()).contains("geheim");
    }

    @Test
    void a_missing_file_of_a_secret_is_reported() {
        assertThat(refusal(
                        Map.of("SALLYPORT_DATABASE_PASSWORD__FILE", "/absent/secret"),
                        write("gateway.yaml", ""),
                        Map.of()))
                .containsExactly("SP-703 SALLYPORT_DATABASE_PASSWORD__FILE: database.password: /absent/secret does not"
                        + " exist. Name a file that the gateway may read.");
    }

    @Test
    void secrets_are_refused_on_the_command_line() {
        assertThat(refusal(Map.of(), write("gateway.yaml", ""), Map.of("database.password", "hunter2")))
                .singleElement()
                .asString()
                .contains("can be read by everyone")
                .doesNotContain("hunter2");
    }

    @Test
    void secrets_are_shown_nowhere() {
        LoadedConfig loaded = new ConfigLoader(Map.of(
                        "SALLYPORT_DATABASE_URL", "jdbc:postgresql://db/sallyport?password=hunter2&ssl=true",
                        "SALLYPORT_DATABASE_PASSWORD", "hunter3"))
                .load(Optional.of(write("gateway.yaml", "")), Map.of());

        assertThat(loaded.origins().toString() + loaded.config()).doesNotContain("hunter");
        assertThat(loaded.origins())
                .contains(new Origin(
                        "database.url",
                        "jdbc:postgresql://db/sallyport?password=********&ssl=true",
                        "SALLYPORT_DATABASE_URL"));
    }

    @Test
    void a_relative_data_folder_lies_beside_the_file_that_names_it() {
        GatewayConfig config = new ConfigLoader(Map.of())
                .load(Optional.of(write("gateway.yaml", "data: state\n")), Map.of())
                .config();

        assertThat(config.data()).isEqualTo(folder.resolve("state"));
        assertThat(config.database().url()).isEqualTo("jdbc:sqlite:" + folder.resolve("state/sallyport.db"));
    }

    @Test
    void every_spelling_of_an_address_is_understood() {
        assertThat(List.of("[::]:443", ":443", "*:443", "0.0.0.0:443", "localhost:443", "[2001:DB8::1]:0"))
                .extracting(text -> ValueText.address(text, "").toString())
                .containsExactly(":443", ":443", ":443", "0.0.0.0:443", "127.0.0.1:443", "[2001:db8::1]:0");
    }

    @Test
    void an_empty_list_switches_a_front_off() {
        assertThat(load("http: {listen: []}\n").config().http().listen()).isEmpty();
    }

    @Test
    void free_ports_never_clash() {
        assertThat(load("ssh: {listen: [127.0.0.1:0, 127.0.0.1:0]}\nhttps: {listen: 127.0.0.1:0}\n")
                        .config()
                        .ssh()
                        .listen())
                .hasSize(2);
    }

    @Test
    void a_front_within_the_range_of_automatic_ports_is_a_warning() {
        assertThat(load("https: {listen: 127.0.0.1:28443}\n").warnings())
                .extracting(Problem::cause)
                .containsExactly(folder.resolve("gateway.yaml")
                        + ":1:17: https.listen: port 28443 lies in ports.range 20000-29999.");
    }

    @Test
    void windows_line_ends_and_a_byte_order_mark_do_no_harm() {
        assertThat(load("\uFEFFdomain: a.example.com\r\nssh:\r\n  user: mmremote\r\n")
                        .config()
                        .ssh()
                        .user())
                .contains("mmremote");
    }

    @Test
    void text_in_another_encoding_is_shown_with_its_place() throws IOException {
        Path file = folder.resolve("gateway.yaml");
        Files.write(file, "domain: a.example.com\nssh: {user: müller}\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(refusal(Map.of(), file, Map.of()))
                .containsExactly("SP-701 " + file + ":2:14: this is not UTF-8 text. Save the file in UTF-8.");
    }

    @Test
    void control_characters_are_shown_with_their_place() {
        assertThat(refusal(Map.of(), write("gateway.yaml", "domain: a.example.com\nssh: {user: \u0007}\n"), Map.of()))
                .singleElement()
                .asString()
                .contains("gateway.yaml:2:13: the invisible character U+0007 is not allowed");
    }

    private LoadedConfig load(String yaml) {
        return new ConfigLoader(Map.of()).load(Optional.of(write("gateway.yaml", yaml)), Map.of());
    }

    private GatewayConfig load(Map<String, String> environment) {
        return new ConfigLoader(environment)
                .load(Optional.of(write("gateway.yaml", "")), Map.of())
                .config();
    }

    private static List<String> refusal(Map<String, String> environment, Path file, Map<String, String> options) {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class, () -> new ConfigLoader(environment).load(Optional.of(file), options));
        return refused.problems().stream().map(Problem::sentence).toList();
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
