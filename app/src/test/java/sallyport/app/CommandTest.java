package sallyport.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.app.CommandFixture.Result;
import sallyport.gateway.directory.KeyText;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;

/** The commands that talk to a gateway, as their contract says. */
final class CommandTest {
    @TempDir
    Path folder;

    private CommandFixture fixture;

    @BeforeEach
    void start() {
        fixture = new CommandFixture(folder);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void device_add_prints_what_to_type_into_the_device() {
        Result added = fixture.run("device", "add", "lab-1", "--key", fixture.keyFile("lab-1"), "--port", "55443");
        assertThat(added).isEqualTo(new Result(0, added.out(), ""));
        assertThat(added.out().lines())
                .containsSubsequence(
                        "  SSH Host                          mm.test",
                        "  SSH Port                          2222",
                        "  SSH User                          sallyport   (any name will do)",
                        "  Listening HTTPS Port on SSH Host  55443",
                        "  ssh -N -R 55443:localhost:443 -o ExitOnForwardFailure=yes -o ServerAliveInterval=15"
                                + " -p 2222 sallyport@mm.test",
                        "  ssh-ed25519 SHA256:uYF1Uu5N3mK9BMI0I9ZpXq0k8l6CkTjLG0yl9bZ2sJ8",
                        "  https://lab-1.mm.test/");
    }

    @Test
    void every_option_of_device_add_arrives() {
        Result added = fixture.run(
                "device",
                "add",
                "lab-1",
                "--key",
                fixture.keyFile("lab-1"),
                "--port",
                "19001",
                "--port",
                "19002",
                "--open-port",
                "19003",
                "--open-port",
                "0.0.0.0:19004",
                "--open-port",
                "[2001:db8::1]:19005",
                "--hostname",
                "lab.example.com",
                "--tls",
                "passthrough",
                "--device-tls",
                "yes",
                "--from",
                "192.0.2.0/24",
                "--key-from",
                "198.51.100.0/24",
                "--title",
                "Lab one",
                "--tag",
                "a",
                "--tag",
                "b",
                "--json");
        assertThat(added.code()).as(added.err()).isEqualTo(0);
        assertThat(added.out())
                .contains("\"title\" : \"Lab one\"", "lab.example.com", "passthrough", "192.0.2.0/24")
                .contains("198.51.100.0/24", "\"2001:db8::1\"", "\"0.0.0.0\"", "19001", "19002", "\"a\", \"b\"")
                .contains("\"deviceTls\" : \"yes\"");
    }

    @Test
    void device_set_changes_what_is_given_and_leaves_the_rest() {
        add("lab-1", "--port", "19001", "--open-port", "19003", "--title", "old", "--from", "192.0.2.0/24");
        assertThat(fixture.run(
                                "device",
                                "set",
                                "lab-1",
                                "--port",
                                "19002",
                                "--from",
                                "",
                                "--legacy-until",
                                "2099-01-31",
                                "--client-bind")
                        .code())
                .isEqualTo(0);
        String shown = fixture.run("device", "show", "lab-1", "--json").out();
        assertThat(shown)
                .contains("\"title\" : \"old\"", "19002", "19003", "2099-01-31", "\"bindChoice\" : \"client\"");
        assertThat(shown).doesNotContain("19001", "192.0.2.0/24");
        assertThat(fixture.run("device", "set", "lab-1", "--no-client-bind", "--legacy-until", "never")
                        .code())
                .isEqualTo(0);
        assertThat(fixture.run("device", "show", "lab-1", "--json").out()).doesNotContain("2099-01-31", "\"client\"");
    }

    @Test
    void devices_are_listed_shown_disabled_enabled_and_removed() {
        add("lab-1", "--port", "19001");
        assertThat(fixture.run("device", "list").out())
                .contains("NAME", "lab-1", "never connected", "19001", "https://lab-1.mm.test/");
        assertThat(fixture.run("device", "list", "-o", "json").out())
                .startsWith("[")
                .contains("\"lab-1\"");
        assertThat(fixture.run("device", "show", "lab-1").out()).contains("State", "never connected", "Keys", "Ports");
        assertThat(fixture.run("device", "disable", "lab-1").code()).isEqualTo(0);
        assertThat(fixture.run("device", "list").out()).contains("disabled");
        assertThat(fixture.run("device", "enable", "lab-1").code()).isEqualTo(0);
        assertThat(fixture.run("device", "remove", "lab-1").code()).isEqualTo(0);
        assertThat(fixture.run("device", "list").out()).doesNotContain("lab-1");
    }

    @Test
    void keys_are_added_listed_and_removed() {
        add("lab-1");
        Result added = fixture.run("device", "keys", "lab-1", "--add", fixture.keyFile("second"));
        assertThat(added.out()).contains("lab-1", "second");
        String fingerprint =
                KeyText.require(read("lab-1.pub")).key().fingerprint().value();
        assertThat(fixture.run("device", "keys", "lab-1", "--remove", fingerprint)
                        .out())
                .contains("second")
                .doesNotContain(fingerprint);
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void certificates_are_listed_with_their_trouble_and_ordered_again() {
        assertThat(fixture.run("certificate", "list").out())
                .contains("*.mm.test", "acme", "failed", "2099-01-01T00:00:00Z", "SP-721", "no route");
        assertThat(fixture.run("certificate", "list", "--json").out()).contains("\"code\" : \"SP-721\"");
        assertThat(fixture.run("certificate", "renew", "*.mm.test").out()).contains("is being ordered");
        assertThat(fixture.run("certificate", "renew", "files.mm.test").code()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void hostnames_and_ports_are_added_listed_changed_and_removed() {
        add("lab-1", "--port", "19001");
        assertThat(fixture.run("hostname", "add", "lab.example.com", "--device", "lab-1")
                        .out())
                .contains("https://lab.example.com/", "19001");
        assertThat(fixture.run("hostname", "set", "lab.example.com", "--tls", "passthrough")
                        .code())
                .isEqualTo(0);
        assertThat(fixture.run("hostname", "show", "lab.example.com").out()).contains("passthrough");
        assertThat(fixture.run("hostname", "list").out()).contains("lab.example.com", "lab-1.mm.test");
        assertThat(fixture.run("hostname", "remove", "lab.example.com").code()).isEqualTo(0);
        assertThat(fixture.run("port", "add", "lab-1", "19002", "--open", "127.0.0.1")
                        .out())
                .contains("this machine alone");
        assertThat(fixture.run("port", "set", "lab-1", "19002", "--open").out()).contains("everyone");
        assertThat(fixture.run("port", "set", "lab-1", "19002").code()).isEqualTo(0);
        assertThat(fixture.run("port", "list").out()).contains("19001", "19002").doesNotContain("open");
        assertThat(fixture.run("port", "remove", "lab-1", "19002").code()).isEqualTo(0);
        assertThat(fixture.run("port", "list", "lab-1").out()).doesNotContain("19002");
        assertThat(fixture.run("port", "set", "lab-1", "19002").code()).isEqualTo(3);
    }

    @Test
    void options_of_a_hostname_are_set_shown_and_reset_by_their_declared_names() {
        add("lab-1");
        assertThat(fixture.run("hostname", "set", "--help").out())
                .contains("--host=preserved|NAME[:PORT]", "--websocket-idle", "Default: off.");
        assertThat(fixture.run("hostname", "set", "lab-1.mm.test", "--host", "CAM.lan", "--forwarded", "none")
                        .code())
                .isEqualTo(0);
        assertThat(fixture.run("hostname", "show", "lab-1.mm.test").out())
                .containsPattern("host +cam\\.lan +set")
                .containsPattern("forwarded +none +set")
                .containsPattern("websocket-idle +off +default");
        fixture.run("hostname", "set", "lab-1.mm.test", "--host", "default");
        assertThat(fixture.run("hostname", "show", "lab-1.mm.test", "--json").out())
                .contains("\"options\" : {", "\"host\" : \"preserved\"", "\"forwarded\" : \"none\"");
        assertThat(fixture.run("hostname", "add", "own.example.com", "--device", "lab-1", "--device-names", "cam.lan")
                        .code())
                .isEqualTo(0);
        assertThat(fixture.run("hostname", "show", "own.example.com").out())
                .containsPattern("device-names +cam\\.lan +set");
        fails(2, Fault.INVALID_VALUE, "hostname", "set", "lab-1.mm.test", "--websocket-idle", "soon");
    }

    @Test
    void two_devices_with_open_ports_are_warned_of_their_shared_cookies_and_offered_a_name() {
        add("lab-1", "--open-port", "19001");
        add("lab-2");
        assertThat(fixture.run("port", "add", "lab-2", "19002", "--open", "127.0.0.1")
                        .err())
                .doesNotContain("SP-337");
        assertThat(fixture.run("port", "set", "lab-2", "19002", "--open").err())
                .contains("warning: SP-337 lab-2 and lab-1", "https://lab-2.mm.test:19002/");
        assertThat(fixture.run("device", "show", "lab-1").err()).contains("SP-337", "https://lab-1.mm.test:19001/");
    }

    @Test
    void options_that_passthrough_makes_useless_are_a_warning() {
        add("lab-1");
        Result set = fixture.run("hostname", "set", "lab-1.mm.test", "--tls", "passthrough", "--host", "cam.lan");
        assertThat(set.code()).isEqualTo(0);
        assertThat(set.err()).startsWith("warning: SP-334").contains("host");
    }

    @Test
    void uploads_that_are_under_way_are_listed_by_status() {
        assertThat(fixture.run("status").out())
                .containsPattern("UPLOAD TO +PATH +FROM +BYTES +OF +PER SECOND +SINCE +GUARDED")
                .containsPattern(
                        "lab-9 \\(lab-9.mm.test\\) +/firmware +192.0.2.7:40001 +5000000000 +unknown +1000000 .* yes");
        assertThat(fixture.run("status", "--json").out()).contains("\"uploads\"", "\"bytes\" : 5000000000");
    }

    @Test
    void keys_that_knocked_are_listed_by_status_and_by_device_list() {
        fixture.knocking.happened(new GatewayEvent.UnknownKeyKnocked(
                KeyText.require(CommandFixture.key("stranger")).key(),
                new InetSocketAddress("192.0.2.9", 40022),
                "root",
                "SSH-2.0-dropbear"));
        assertThat(fixture.run("device", "list", "--waiting").out()).contains("192.0.2.9:40022", "root", "dropbear");
        assertThat(fixture.run("status").out()).contains("Keys that knocked", "192.0.2.9:40022");
        assertThat(fixture.run("status", "--json").out()).contains("\"waiting\"", "\"ssh\" : [ \"0.0.0.0:2222\" ]");
    }

    @Test
    void why_names_the_step_that_fails_and_exits_1() {
        add("lab-1", "--port", "19001");
        Result why = fixture.run("why", "https://lab-1.mm.test/");
        assertThat(why.code()).isEqualTo(1);
        assertThat(why.out()).contains("FAILED  tunnel: SP-503", "never connected", "does not reach");
        assertThat(fixture.run("hostname", "test", "lab-1.mm.test").code()).isEqualTo(1);
        assertThat(fixture.run("why", "https://nobody.mm.test/").out()).contains("FAILED  hostname: SP-404");
        assertThat(fixture.run("why", "not a url").code()).isEqualTo(2);
        assertThat(fixture.run("hostname", "test", "nobody.mm.test").code()).isEqualTo(3);
    }

    @Test
    void failures_have_their_exit_code_and_say_cause_and_fix_on_stderr() {
        add("lab-1", "--port", "19001");
        fails(4, Fault.NAME_TAKEN, "device", "add", "lab-1", "--key", fixture.keyFile("a"));
        fails(4, Fault.PORT_TAKEN, "device", "add", "lab-2", "--key", fixture.keyFile("b"), "--port", "19001");
        fails(
                4,
                Fault.KEY_OWNED,
                "device",
                "add",
                "lab-2",
                "--key",
                folder.resolve("lab-1.pub").toString());
        fails(2, Fault.INVALID_VALUE, "device", "add", "Lab_2", "--key", fixture.keyFile("c"));
        fails(2, Fault.INVALID_VALUE, "device", "add", "lab-2", "--key", fixture.keyFile("d"), "--port", "70000");
        fails(2, Fault.INVALID_VALUE, "device", "add", "lab-2", "--key", fixture.keyFile("e"), "--from", "10.0.0.1/8");
        fails(2, Fault.INVALID_VALUE, "device", "add", "lab-2", "--key", "/nowhere.pub");
        fails(2, Fault.INVALID_VALUE, "device", "set", "lab-1", "--tls", "maybe");
        fails(3, Fault.NOT_FOUND, "device", "show", "nobody");
        fails(3, Fault.NOT_FOUND, "device", "remove", "nobody");
        fails(3, Fault.NOT_FOUND, "port", "add", "nobody", "19009");
        fails(3, Fault.NOT_FOUND, "hostname", "remove", "nobody.example.com");
        fails(4, Fault.AUTOMATIC_HOSTNAME, "hostname", "remove", "lab-1.mm.test");
    }

    private void fails(int code, Fault fault, String... words) {
        Result result = fixture.run(words);
        assertThat(result.code()).as(List.of(words) + result.err()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith(fault.code() + " ").doesNotContain("Exception", "\tat ");
        assertThat(result.err().lines()).as(result.err()).hasSize(2);
    }

    @Test
    void a_private_key_never_leaves_the_process() {
        String file = CommandFixture.write(
                        folder,
                        "id_ed25519",
                        "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n")
                .toString();
        Result refused = fixture.run("device", "add", "lab-1", "--key", file);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).startsWith("SP-301").doesNotContain("c2VjcmV0");
    }

    @Test
    void over_tcp_a_command_needs_the_address_and_the_token() {
        String token = CommandFixture.write(folder, "token", CommandFixture.TOKEN + "\n")
                .toString();
        String wrong = CommandFixture.write(folder, "wrong", "x".repeat(43)).toString();
        assertThat(CommandFixture.bare("device", "list", "--url", fixture.url(), "--token-file", token)
                        .code())
                .isEqualTo(0);
        Result refused = CommandFixture.bare("device", "list", "--url", fixture.url(), "--token-file", wrong);
        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err()).startsWith("SP-319");
        assertThat(CommandFixture.bare("device", "list", "--url", fixture.url()).code())
                .isEqualTo(2);
        Result nobody = CommandFixture.bare("device", "list", "--url", "http://127.0.0.1:1", "--token-file", token);
        assertThat(nobody.code()).isEqualTo(5);
        assertThat(nobody.err()).startsWith("SP-320");
    }

    private void add(String name, String... options) {
        List<String> words = new ArrayList<>(List.of("device", "add", name, "--key", fixture.keyFile(name)));
        words.addAll(List.of(options));
        Result added = fixture.run(words.toArray(String[]::new));
        assertThat(added.code()).as(added.err()).isEqualTo(0);
    }
}
