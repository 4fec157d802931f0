package sallyport.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.tunnel.TunnelFigures;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Devices, keys, ports, hostnames and status over the API. */
final class DeviceApiTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path data;

    private ConsoleFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ConsoleFixture(data);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void a_device_is_added_and_tells_what_to_type_into_it() {
        HttpResponse<String> added = fixture.add("lab-mm-1", "\"ports\":[55443],\"title\":\"Lab 1\"");
        assertThat(added.statusCode()).isEqualTo(201);
        assertThat(added.headers().firstValue("Location")).hasValue("/api/v1/devices/lab-mm-1");
        JsonNode device = JSON.readTree(added.body());
        assertThat(device.at("/state/name").asString()).isEqualTo("never connected");
        assertThat(device.at("/state/remedy").asString()).contains("SSH host");
        assertThat(device.at("/lamps/tunnel").asString()).isEqualTo("off");
        assertThat(device.at("/connect/sshHost").asString()).isEqualTo("mm.test");
        assertThat(device.at("/connect/sshPort").asInt()).isEqualTo(2222);
        assertThat(device.at("/connect/listeningPort").asInt()).isEqualTo(55443);
        assertThat(device.at("/connect/command").asString())
                .isEqualTo("ssh -N -R 55443:localhost:443 -o ExitOnForwardFailure=yes -o ServerAliveInterval=15"
                        + " -p 2222 sallyport@mm.test");
        assertThat(device.at("/connect/hostKeys/0/fingerprint").asString()).startsWith("SHA256:");
        assertThat(device.at("/urls/0").asString()).isEqualTo("https://lab-mm-1.mm.test:8443/");
        assertThat(device.at("/automaticPort").asInt()).isBetween(20000, 29999);
        assertThat(fixture.get("/api/v1/devices").body()).contains("lab-mm-1");
        assertThat(fixture.directory.holder().current().findDevice(new DeviceName("lab-mm-1")))
                .isPresent();
    }

    @Test
    void an_open_port_inside_the_outgoing_range_comes_back_with_a_warning() {
        JsonNode device = JSON.readTree(fixture.add("lab-1", "\"openPorts\":[{\"port\":40000,\"bind\":[\"::1\"]}]")
                .body());
        JsonNode free = JSON.readTree(
                fixture.add("lab-2", "\"openPorts\":[{\"port\":19000}]").body());
        assumeThat(Path.of("/proc/sys/net/ipv4/ip_local_port_range")).exists();
        assertThat(device.at("/warnings/0/code").asString()).isEqualTo(Fault.PORT_OUTGOING_RANGE.code());
        assertThat(device.at("/warnings/0/fix").asString()).contains("ip_local_reserved_ports=40000");
        assertThat(free.at("/warnings")).isEmpty();
    }

    @Test
    void a_private_key_is_refused_by_name_and_never_echoed() {
        String secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2g";
        HttpResponse<String> refused = fixture.call(
                "POST",
                "/api/v1/devices",
                "{\"name\":\"lab\",\"keys\":[\"-----BEGIN OPENSSH PRIVATE KEY-----\\n" + secret
                        + "\\n-----END OPENSSH PRIVATE KEY-----\\n\"]}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("SP-301").doesNotContain(secret.substring(0, 20));
        HttpResponse<String> misplaced =
                fixture.call("POST", "/api/v1/devices", "{\"name\":\"lab\",\"keys\":\"" + secret + "\"}");
        assertThat(misplaced.statusCode()).isEqualTo(422);
        assertThat(misplaced.body()).contains("\"field\":\"keys\"").doesNotContain(secret.substring(0, 20));
        HttpResponse<String> noJson = fixture.call("POST", "/api/v1/devices", "{" + secret);
        assertThat(noJson.statusCode()).isEqualTo(400);
        assertThat(noJson.body()).doesNotContain(secret.substring(0, 20));
    }

    @Test
    void wrong_values_are_named_by_their_member() {
        invalid("{\"name\":\"Lab\",\"keys\":[\"k\"]}", "name");
        invalid("{\"keys\":[\"k\"]}", "name");
        invalid("{\"name\":\"lab\"}", "keys");
        invalid("{\"name\":\"lab\",\"keys\":[]}", "keys");
        invalid("{\"name\":\"lab\",\"keys\":[null]}", "keys");
        invalid("{\"name\":\"lab\",\"keys\":[\"" + ConsoleFixture.key("lab") + "\"],\"colour\":1}", "colour");
        invalid("{\"name\":\"lab\",\"keys\":[\"" + ConsoleFixture.key("lab") + "\"],\"ports\":[70000]}", "port");
        invalid("{\"name\":\"lab\",\"keys\":[\"" + ConsoleFixture.key("lab") + "\"],\"ports\":[\"55443\"]}", "ports");
        invalid(
                "{\"name\":\"lab\",\"keys\":[\"" + ConsoleFixture.key("lab") + "\"],\"from\":[\"10.0.0.1/8\"]}",
                "from");
        invalid("{\"name\":\"lab\",\"keys\":[\"" + ConsoleFixture.key("lab") + "\"],\"tls\":\"maybe\"}", "tls");
        invalid(
                "{\"name\":\"lab\",\"keys\":[\"" + ConsoleFixture.key("lab")
                        + "\"],\"openPorts\":[{\"port\":1,\"bind\":[\"*\"]}]}",
                "bind");
    }

    @Test
    void a_restriction_in_front_of_a_key_that_would_do_nothing_is_refused() {
        String key = ConsoleFixture.key("lab");
        invalid("{\"name\":\"lab\",\"keys\":[\"restrict " + key + "\"]}", "key");
        invalid(
                "{\"name\":\"lab\",\"keys\":[\"restrict,port-forwarding,permitlisten=\\\"55443\\\" " + key + "\"]}",
                "key");
        HttpResponse<String> kept = fixture.call(
                "POST", "/api/v1/devices", "{\"name\":\"lab\",\"keys\":[\"restrict,port-forwarding " + key + "\"]}");
        assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
    }

    private void invalid(String json, String field) {
        HttpResponse<String> answer = fixture.call("POST", "/api/v1/devices", json);
        assertThat(answer.statusCode()).as(json).isEqualTo(422);
        assertThat(JSON.readTree(answer.body()).at("/field").asString())
                .as(json)
                .isEqualTo(field);
        assertThat(JSON.readTree(answer.body()).at("/code").asString()).as(json).isEqualTo("SP-315");
    }

    @Test
    void what_belongs_to_another_device_is_refused_by_its_name() {
        fixture.add("first", "\"ports\":[55443],\"hostnames\":[\"analyser.example.com\"]");
        assertThat(fixture.add("first", "").statusCode()).isEqualTo(409);
        HttpResponse<String> port = fixture.add("second", "\"ports\":[55443]");
        assertThat(port.statusCode()).isEqualTo(409);
        assertThat(port.body()).contains("SP-312", "first");
        assertThat(fixture.get("/api/v1/devices/second").statusCode()).isEqualTo(404);
        fixture.add("second", "");
        HttpResponse<String> hostname = fixture.call(
                "POST", "/api/v1/hostnames", "{\"hostname\":\"analyser.example.com\",\"device\":\"second\"}");
        assertThat(hostname.statusCode()).isEqualTo(409);
        assertThat(hostname.body()).contains("SP-313", "first");
    }

    @Test
    void a_patch_changes_what_it_names_and_replaces_whole_lists() {
        fixture.add("lab", "\"ports\":[55443,55444],\"title\":\"old\",\"tags\":[\"a\"]");
        JsonNode device = JSON.readTree(fixture.call(
                        "PATCH",
                        "/api/v1/devices/lab",
                        "{\"ports\":[55445],\"enabled\":false,\"legacyUntil\":\"2027-01-31\",\"from\":[\"192.0.2.0/24\"]}")
                .body());
        assertThat(device.at("/title").asString()).isEqualTo("old");
        assertThat(device.at("/state/name").asString()).isEqualTo("disabled");
        assertThat(device.at("/legacyUntil").asString()).isEqualTo("2027-01-31");
        assertThat(device.at("/mainPort").asInt()).isEqualTo(55445);
        assertThat(device.at("/ports").toString()).contains("55445").doesNotContain("55443", "55444");
        JsonNode ended = JSON.readTree(fixture.call("PATCH", "/api/v1/devices/lab", "{\"legacyUntil\":\"never\"}")
                .body());
        assertThat(ended.has("legacyUntil")).isFalse();
    }

    @Test
    void keys_are_listed_added_and_removed_by_their_fingerprint() {
        fixture.add("lab", "");
        HttpResponse<String> added =
                fixture.call("POST", "/api/v1/devices/lab/keys", "{\"key\":\"" + ConsoleFixture.key("second") + "\"}");
        assertThat(added.statusCode()).isEqualTo(200);
        JsonNode keys = JSON.readTree(fixture.get("/api/v1/devices/lab/keys").body());
        assertThat(keys.size()).isEqualTo(2);
        String fingerprint = keys.at("/0/fingerprint").asString();
        String inPath = fingerprint.replace('+', '-').replace('/', '_');
        assertThat(fixture.call("DELETE", "/api/v1/devices/lab/keys/" + inPath, "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(fixture.get("/api/v1/devices/lab/keys").body()).doesNotContain(fingerprint);
        assertThat(fixture.call("DELETE", "/api/v1/devices/lab/keys/" + inPath, "")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void ports_are_granted_opened_and_released() {
        fixture.add("lab", "");
        assertThat(fixture.call("PUT", "/api/v1/devices/lab/ports/55443", "{}").statusCode())
                .isEqualTo(200);
        HttpResponse<String> opened = fixture.call(
                "PUT",
                "/api/v1/devices/lab/ports/55443",
                "{\"kind\":\"open\",\"bind\":[\"127.0.0.1\"],\"bindChoice\":\"client\"}");
        assertThat(opened.body()).contains("\"kind\":\"open\"", "\"bindChoice\":\"client\"", "this machine alone");
        assertThat(fixture.get("/api/v1/ports").body()).contains("55443");
        assertThat(fixture.call("DELETE", "/api/v1/devices/lab/ports/55443", "").statusCode())
                .isEqualTo(200);
        assertThat(fixture.call("DELETE", "/api/v1/devices/lab/ports/55443", "").statusCode())
                .isEqualTo(404);
        assertThat(fixture.call("PUT", "/api/v1/devices/lab/ports/70000", "{}").statusCode())
                .isEqualTo(422);
    }

    @Test
    void options_of_a_hostname_are_merged_and_a_wrong_one_is_named_by_its_member() {
        fixture.add("lab", "");
        String path = "/api/v1/hostnames/lab.mm.test";
        fixture.call("PATCH", path, "{\"options\":{\"host\":\"CAM.lan\",\"forwarded\":\"none\"}}");
        String merged = fixture.call("PATCH", path, "{\"options\":{\"forwarded\":null}}")
                .body();
        assertThat(JSON.readTree(merged).at("/options").toString()).isEqualTo("{\"host\":\"cam.lan\"}");
        assertThat(JSON.readTree(merged).at("/effectiveOptions/forwarded").asString())
                .isEqualTo("all");
        for (String wrong : List.of("{\"colour\":\"red\"}", "{\"host\":\"a b\"}", "{\"host\":1}")) {
            HttpResponse<String> refused = fixture.call("PATCH", path, "{\"options\":" + wrong + "}");
            assertThat(refused.statusCode()).as(wrong).isEqualTo(422);
            assertThat(JSON.readTree(refused.body()).at("/code").asString()).isEqualTo("SP-315");
            assertThat(JSON.readTree(refused.body()).at("/field").asString())
                    .isEqualTo(wrong.contains("host") ? "options.host" : "options.colour");
        }
        assertThat(fixture.get(path).body()).isEqualTo(merged);
    }

    @Test
    void hostnames_are_added_changed_and_removed_but_automatic_ones_stay() {
        fixture.add("lab", "\"ports\":[55443]");
        HttpResponse<String> added =
                fixture.call("POST", "/api/v1/hostnames", "{\"hostname\":\"Lab.Example.com.\",\"device\":\"lab\"}");
        assertThat(added.statusCode()).isEqualTo(201);
        assertThat(JSON.readTree(added.body()).at("/hostname").asString()).isEqualTo("lab.example.com");
        assertThat(fixture.call("PATCH", "/api/v1/hostnames/lab.example.com", "{\"tls\":\"passthrough\"}")
                        .body())
                .contains("passthrough");
        assertThat(fixture.call("DELETE", "/api/v1/hostnames/lab.example.com", "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(fixture.get("/api/v1/hostnames/lab.example.com").statusCode())
                .isEqualTo(404);
        HttpResponse<String> automatic = fixture.call("DELETE", "/api/v1/hostnames/lab.mm.test", "");
        assertThat(automatic.statusCode()).isEqualTo(409);
        assertThat(automatic.body()).contains("SP-317");
    }

    @Test
    void a_removed_device_is_gone() {
        fixture.add("lab", "");
        assertThat(fixture.call("DELETE", "/api/v1/devices/lab", "").statusCode())
                .isEqualTo(204);
        assertThat(fixture.get("/api/v1/devices/lab").statusCode()).isEqualTo(404);
        assertThat(fixture.call("DELETE", "/api/v1/devices/lab", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void the_state_follows_tunnel_probe_and_keepalive() {
        fixture.add("lab", "\"ports\":[55443]");
        DeviceName lab = new DeviceName("lab");
        PortNumber port = new PortNumber(55443);
        FakeTunnel tunnel = FakeTunnel.of("lab");
        fixture.tunnels.started(tunnel);
        assertThat(state()).isEqualTo("degraded on/off");
        fixture.tunnels.grant(tunnel, Port.privatePort(port), "");
        assertThat(state()).isEqualTo("online on/unknown");
        fixture.events.happened(new GatewayEvent.PortProbed(lab, port, Speech.TLS, Optional.empty()));
        assertThat(state()).isEqualTo("online on/on");
        fixture.events.happened(
                new GatewayEvent.PortProbed(lab, port, Speech.DOWN, Optional.of(Fault.WEB_SERVER_DOWN.problem())));
        assertThat(state()).isEqualTo("degraded on/off");
        fixture.tunnels.ended(tunnel);
        InetSocketAddress from = tunnel.peer().address();
        fixture.events.happened(
                new GatewayEvent.SessionEnded(lab, from, "SSH-2.0-x", Duration.ofSeconds(9), Optional.empty()));
        assertThat(state()).isEqualTo("offline off/off");
        fixture.tunnels.started(FakeTunnel.of("lab", new TunnelFigures(0, 0, 0, -1, 2)));
        assertThat(state()).isEqualTo("stale stale/off");
    }

    private String state() {
        JsonNode device = JSON.readTree(fixture.get("/api/v1/devices/lab").body());
        return device.at("/state/name").asString() + " "
                + device.at("/lamps/tunnel").asString() + "/"
                + device.at("/lamps/web").asString();
    }

    @Test
    void a_key_that_knocked_is_listed_until_a_device_owns_it() {
        DeviceKey key =
                DeviceKey.of("ssh-ed25519", ConsoleFixture.key("stranger").split(" ", -1)[1], "stranger");
        fixture.events.happened(new GatewayEvent.UnknownKeyKnocked(
                key, new InetSocketAddress("192.0.2.9", 40022), "root", "SSH-2.0-dropbear_2022.83"));
        JsonNode waiting = JSON.readTree(fixture.get("/api/v1/waiting").body());
        assertThat(waiting.at("/0/fingerprint").asString())
                .isEqualTo(key.fingerprint().value());
        assertThat(waiting.at("/0/address").asString()).isEqualTo("192.0.2.9:40022");
        assertThat(fixture.get("/api/v1/status").body())
                .contains(key.fingerprint().value());
        fixture.add("stranger", "");
        assertThat(JSON.readTree(fixture.get("/api/v1/waiting").body())).isEmpty();
    }

    @Test
    void refusals_and_old_clients_are_named() {
        fixture.add("lab", "");
        DeviceName lab = new DeviceName("lab");
        InetSocketAddress from = new InetSocketAddress("192.0.2.9", 40022);
        fixture.events.happened(new GatewayEvent.ForwardRefused(
                lab, 443, from, Fault.PORT_PRIVILEGED.problem("port", 443, "device", "lab", "ports", "55443")));
        fixture.events.happened(new GatewayEvent.LoginRefused(
                Optional.of(lab),
                from,
                "SSH-2.0-dropbear_2013.60",
                Fault.OLD_CLIENT.problem(
                        "client", "SSH-2.0-dropbear_2013.60", "address", "192.0.2.9", "missing", "key exchange")));
        JsonNode device = JSON.readTree(fixture.get("/api/v1/devices/lab").body());
        assertThat(List.of(
                        device.at("/refusals/0/code").asString(),
                        device.at("/refusals/1/code").asString()))
                .containsExactly("SP-106", "SP-211");
        JsonNode status = JSON.readTree(fixture.get("/api/v1/status").body());
        assertThat(status.at("/oldClients/0/client").asString()).isEqualTo("SSH-2.0-dropbear_2013.60");
        assertThat(status.at("/oldClients/0/fix").asString()).contains("--legacy-until");
    }

    @Test
    void unknown_addresses_and_methods_are_problems_too() {
        HttpResponse<String> unknown = fixture.get("/api/v1/devicez");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("SP-322", "openapi.yaml");
        HttpResponse<String> method = fixture.call("PUT", "/api/v1/devices", "{}");
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.body()).contains("SP-322");
        HttpResponse<String> large =
                fixture.call("POST", "/api/v1/devices", "{\"name\":\"" + "x".repeat(300_000) + "\"}");
        assertThat(large.statusCode()).isEqualTo(413);
        HttpResponse<String> form = fixture.send(fixture.request("/api/v1/devices")
                .POST(HttpRequest.BodyPublishers.ofString("name=lab"))
                .header("Authorization", "Bearer " + ConsoleFixture.TOKEN)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .build());
        assertThat(form.statusCode()).isEqualTo(400);
    }
}
