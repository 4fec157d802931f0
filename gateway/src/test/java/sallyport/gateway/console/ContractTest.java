package sallyport.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.cert.CertificateReport;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.KeyText;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** What the API answers is what openapi.yaml says, in both directions: no member less, none more. */
final class ContractTest {
    @TempDir
    Path data;

    private ConsoleFixture fixture;
    private OpenApiInteractionValidator contract;

    @BeforeEach
    void start() {
        fixture = new ConsoleFixture(data);
        contract = OpenApiInteractionValidator.createForInlineApiSpecification(
                        fixture.send(fixture.request("/api/v1/openapi.yaml").build())
                                .body())
                .build();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void the_contract_is_served_without_a_token() {
        HttpResponse<String> answer =
                fixture.send(fixture.request("/api/v1/openapi.yaml").build());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("openapi: 3.0");
    }

    @Test
    void certificates_and_their_renewal_are_answered_as_the_contract_says() {
        Problem refused =
                Fault.ACME_REFUSED.problem("authority", "ca.test", "name", "own.example.com", "detail", "no luck");
        fixture.facts.reports = List.of(
                new CertificateReport(
                        "own.example.com",
                        CertificateReport.Source.ACME,
                        CertificateReport.State.RENEWAL_FAILED,
                        Optional.of(Instant.parse("2099-01-01T00:00:00Z")),
                        Optional.of(Instant.parse("2098-12-01T00:00:00Z")),
                        Optional.of(refused)),
                new CertificateReport(
                        "files.example.com",
                        CertificateReport.Source.FILES,
                        CertificateReport.State.READY,
                        Optional.of(Instant.parse("2099-01-01T00:00:00Z")),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(happen("GET", "/api/v1/certificates", "", 200)).contains("SP-722", "no luck", "renewal failed");
        happen("POST", "/api/v1/certificates/own.example.com/renew", "", 202);
        assertThat(happen("POST", "/api/v1/certificates/files.example.com/renew", "", 409))
                .contains("SP-361");
    }

    @Test
    void what_would_keep_a_saved_hostname_from_its_certificate_is_a_warning() {
        fixture.facts.foreseen = List.of(Fault.NAME_NOT_RESOLVED.problem("name", "own.example.com"));
        happen("POST", "/api/v1/devices", body("lab-2", ""), 201);
        assertThat(happen("POST", "/api/v1/hostnames", "{\"hostname\":\"own.example.com\",\"device\":\"lab-2\"}", 201))
                .contains("SP-735");
        assertThat(happen("PATCH", "/api/v1/hostnames/own.example.com", "{\"tls\":\"passthrough\"}", 200))
                .doesNotContain("SP-735");
        assertThat(happen("GET", "/api/v1/hostnames/own.example.com", "", 200)).doesNotContain("SP-735");
    }

    @Test
    void a_device_in_full_use_is_answered_as_the_contract_says() {
        happen("POST", "/api/v1/devices", body("lab-1", """
                ,"title":"Lab","tags":["a"],"keyFrom":["192.0.2.0/24"],"from":["198.51.100.0/24"],"ports":[19001],
                "openPorts":[{"port":19002,"bind":["127.0.0.1"],"bindChoice":"client"}],
                "hostnames":["lab.example.com"],"tls":"passthrough","deviceTls":"yes"
                """), 201);
        use(new DeviceName("lab-1"));
        happen("PATCH", "/api/v1/devices/lab-1", "{\"legacyUntil\":\"2099-01-31\",\"title\":\"new\"}", 200);
        happen("GET", "/api/v1/devices", "", 200);
        happen("GET", "/api/v1/devices/lab-1", "", 200);
        happen("GET", "/api/v1/devices/lab-1/keys", "", 200);
        happen("GET", "/api/v1/devices/lab-1/ports", "", 200);
        happen("GET", "/api/v1/ports", "", 200);
        happen("GET", "/api/v1/hostnames", "", 200);
        happen("GET", "/api/v1/status", "", 200);
        happen("GET", "/api/v1/certificates", "", 200);
        happen("GET", "/api/v1/waiting", "", 200);
        happen("PUT", "/api/v1/devices/lab-1/ports/19003", "{\"kind\":\"open\"}", 200);
        happen("DELETE", "/api/v1/devices/lab-1/ports/19003", "", 200);
        happen("POST", "/api/v1/devices/lab-1/keys", "{\"key\":\"" + ConsoleFixture.key("more") + "\"}", 200);
        happen("POST", "/api/v1/hostnames", "{\"hostname\":\"more.example.com\",\"device\":\"lab-1\"}", 201);
        happen(
                "PATCH",
                "/api/v1/hostnames/more.example.com",
                "{\"tls\":\"passthrough\",\"options\":{\"host\":\"cam.lan\",\"forwarded\":null}}",
                200);
        happen("GET", "/api/v1/hostnames/more.example.com", "", 200);
        happen("PATCH", "/api/v1/hostnames/more.example.com", "{\"tls\":\"terminate\",\"preset\":\"hidden\"}", 200);
        happen("POST", "/api/v1/hostnames/more.example.com/test", "", 200);
        happen("DELETE", "/api/v1/hostnames/more.example.com", "", 204);
        why("https://lab-1.mm.test:8443/", "198.51.100.7");
        why("https://lab-1.mm.test:8443/", "203.0.113.7");
        why("https://nobody.mm.test:8443/", "");
        happen("DELETE", "/api/v1/devices/lab-1", "", 204);
    }

    @Test
    void every_refusal_is_a_problem_as_the_contract_says() {
        happen("POST", "/api/v1/devices", body("lab-1", ""), 201);
        happen("POST", "/api/v1/devices", body("lab-1", ""), 409);
        happen("GET", "/api/v1/devices/nobody", "", 404);
        happen("GET", "/api/v1/hostnames/nobody.example.com", "", 404);
        happen("DELETE", "/api/v1/hostnames/lab-1.mm.test", "", 409);
        HttpResponse<String> stranger =
                fixture.send(fixture.request("/api/v1/status").build());
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(problems(contract.validateResponse("/api/v1/status", Request.Method.GET, response(stranger))))
                .isEmpty();
        HttpResponse<String> invalid = fixture.call("POST", "/api/v1/devices", "{\"name\":\"Lab\",\"keys\":[\"x\"]}");
        assertThat(invalid.statusCode()).isEqualTo(422);
        assertThat(problems(contract.validateResponse("/api/v1/devices", Request.Method.POST, response(invalid))))
                .isEmpty();
    }

    private static String body(String name, String members) {
        return "{\"name\":\"" + name + "\",\"keys\":[\"" + ConsoleFixture.key(name) + "\"]" + members + "}";
    }

    /** Gives every part of the answers something to say. */
    private void use(DeviceName device) {
        FakeTunnel tunnel = FakeTunnel.of(device.value());
        InetSocketAddress from = tunnel.peer().address();
        fixture.tunnels.started(tunnel);
        fixture.tunnels.grant(tunnel, Port.privatePort(new PortNumber(19001)), "localhost");
        fixture.events.happened(new GatewayEvent.LoggedIn(
                device, KeyText.require(ConsoleFixture.key("lab-1")).key(), from, "mm", "SSH-2.0-OpenSSH_9.2"));
        fixture.events.happened(
                new GatewayEvent.PortProbed(device, new PortNumber(19001), Speech.TLS, Optional.empty()));
        fixture.events.happened(new GatewayEvent.ForwardRefused(
                device, 443, from, Fault.PORT_PRIVILEGED.problem("port", 443, "device", device, "ports", "19001")));
        fixture.events.happened(new GatewayEvent.LoginRefused(
                Optional.of(device),
                from,
                "SSH-2.0-old",
                Fault.OLD_CLIENT.problem("client", "SSH-2.0-old", "address", "192.0.2.7", "missing", "signature")));
        fixture.events.happened(new GatewayEvent.ConflictChanged(device, true, from, from));
        fixture.events.happened(new GatewayEvent.UnknownKeyKnocked(
                KeyText.require(ConsoleFixture.key("stranger")).key(), from, "root", "SSH-2.0-dropbear"));
        fixture.events.happened(new GatewayEvent.Notice(Fault.TOO_BUSY.problem()));
    }

    private String happen(String method, String path, String json, int status) {
        HttpResponse<String> answer = fixture.call(method, path, json);
        assertThat(answer.statusCode())
                .as(method + " " + path + " " + answer.body())
                .isEqualTo(status);
        SimpleRequest.Builder request =
                new SimpleRequest.Builder(method, path).withHeader("Authorization", "Bearer " + ConsoleFixture.TOKEN);
        if (!json.isEmpty()) {
            request.withContentType("application/json").withBody(json);
        }
        assertThat(problems(contract.validate(request.build(), response(answer))))
                .as(method + " " + path + " " + answer.body())
                .isEmpty();
        return answer.body();
    }

    private void why(String url, String from) {
        String query = "?url=" + url + (from.isEmpty() ? "" : "&from=" + from);
        HttpResponse<String> answer = fixture.get("/api/v1/why" + query);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(problems(contract.validateResponse("/api/v1/why", Request.Method.GET, response(answer))))
                .as(answer.body())
                .isEmpty();
    }

    private static SimpleResponse response(HttpResponse<String> answer) {
        SimpleResponse.Builder response = SimpleResponse.Builder.status(answer.statusCode());
        answer.headers().firstValue("Content-Type").ifPresent(response::withContentType);
        if (!answer.body().isEmpty()) {
            response.withBody(answer.body());
        }
        return response.build();
    }

    private static List<String> problems(ValidationReport report) {
        return report.getMessages().stream()
                .map(message -> message.getKey() + " " + message.getMessage())
                .toList();
    }
}
