package sallyport.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whether a visitor reaches a device, and which step stands in the way. */
final class WhyTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path data;

    private ConsoleFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ConsoleFixture(data);
        fixture.add("lab", "\"ports\":[19001],\"openPorts\":[{\"port\":19002}],\"from\":[\"198.51.100.0/24\"]");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void an_online_device_is_reached_by_name_on_the_listening_port() {
        connect(19001);
        JsonNode why = why("https://lab.mm.test:8443/page?x=1", "198.51.100.7");
        assertThat(why.at("/reaches").asBoolean()).as(why.toString()).isTrue();
        assertThat(result(why, "rule")).isEqualTo("ok");
        assertThat(result(why, "certificate")).isEqualTo("ok");
        assertThat(result(why, "device's answer")).isEqualTo("ok");
    }

    @Test
    void a_visitor_whom_the_rule_keeps_out_fails_at_the_rule_also_while_the_device_is_offline() {
        JsonNode why = why("https://lab.mm.test:8443/", "203.0.113.7");
        assertThat(why.at("/reaches").asBoolean()).isFalse();
        assertThat(result(why, "rule")).isEqualTo("failed");
        assertThat(result(why, "tunnel")).isEqualTo("failed");
    }

    @Test
    void without_a_visitors_address_a_rule_is_not_judged() {
        connect(19001);
        assertThat(result(why("https://lab.mm.test:8443/", ""), "rule")).isEqualTo("unsure");
    }

    @Test
    void a_device_that_asked_for_another_port_fails_at_the_forward() {
        connect(19002);
        assertThat(result(why("https://lab.mm.test:8443/", ""), "forward")).isEqualTo("failed");
    }

    @Test
    void a_web_server_that_is_down_fails_at_the_devices_answer() {
        connect(19001);
        fixture.facts.answered = new GatewayFacts.Answered(Speech.DOWN, Optional.of(Fault.WEB_SERVER_DOWN.problem()));
        JsonNode why = why("https://lab.mm.test:8443/", "198.51.100.7");
        assertThat(why.at("/reaches").asBoolean()).isFalse();
        assertThat(result(why, "device's answer")).isEqualTo("failed");
        assertThat(why.toString()).contains("SP-502", "web interface of the device");
    }

    @Test
    void an_open_port_is_judged_by_its_number_and_a_private_one_is_not_reachable_that_way() {
        connect(19002);
        assertThat(why("https://mm.test:19002/", "198.51.100.7").at("/reaches").asBoolean())
                .isTrue();
        JsonNode closed = why("https://mm.test:19001/", "198.51.100.7");
        assertThat(closed.at("/reaches").asBoolean()).isFalse();
        assertThat(result(closed, "port")).isEqualTo("failed");
        assertThat(result(why("https://mm.test:4711/", ""), "port")).isEqualTo("failed");
    }

    @Test
    void a_name_without_an_address_here_does_not_decide_because_visitors_ask_other_resolvers() {
        connect(19001);
        JsonNode why = why("https://lab.mm.test:8443/", "198.51.100.7");
        assertThat(result(why, "DNS")).isEqualTo("unsure");
        assertThat(why.toString()).contains("*.mm.test");
    }

    private void connect(int port) {
        FakeTunnel tunnel = FakeTunnel.of("lab");
        fixture.tunnels.started(tunnel);
        fixture.tunnels.grant(tunnel, Port.privatePort(new PortNumber(port)), "");
    }

    private JsonNode why(String url, String from) {
        String query = "?url=" + URLEncoder.encode(url, StandardCharsets.UTF_8);
        return JSON.readTree(fixture.get("/api/v1/why" + query + (from.isEmpty() ? "" : "&from=" + from))
                .body());
    }

    private static String result(JsonNode why, String step) {
        for (JsonNode each : why.at("/steps")) {
            if (each.at("/step").asString().equals(step)) {
                return each.at("/result").asString();
            }
        }
        return "";
    }
}
