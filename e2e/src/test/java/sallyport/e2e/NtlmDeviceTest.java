package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.NtlmLogin;

/** G11: a login that the device ties to its TCP connection, with curl and over both versions of HTTP. */
@ExtendWith(SharedGateway.class)
class NtlmDeviceTest {
    @Test
    void curlLogsInOverHttp1AndIsSentThereFromHttp2(Scene scene) {
        NtlmLogin login = new NtlmLogin(exchange -> exchange.answer(200, "text/plain", "welcome\n"));
        FakeAppliance lab = scene.use(FakeAppliance.plain("lab-ntlm").on("/private", login));
        scene.online("lab-ntlm", lab.port());

        Curl.Answer firstOverHttp2 = scene.gateway()
                .visit("lab-ntlm", "/private")
                .with("--http2", "--anyauth", "-v", "-u", "u:p")
                .run();
        Curl.Answer next = scene.gateway()
                .visit("lab-ntlm", "/private")
                .with("--http2", "--ntlm", "-u", "u:p")
                .run();

        assertThat(firstOverHttp2.errors()).contains("accepted h2", "HTTP_1_1_REQUIRED");
        assertThat(firstOverHttp2.body()).isEqualTo("welcome\n");
        assertThat(next.head()).startsWith("HTTP/1.1 200");
        assertThat(login.logins()).isEqualTo(2);
        assertThat(scene.command("hostname", "show", "lab-ntlm.sallyport.test").stderr())
                .contains("SP-526", "offers HTTP/1.1 alone until");
        assertThat(scene.command("hostname", "set", "lab-ntlm.sallyport.test", "--http2", "on")
                        .stderr())
                .doesNotContain("SP-526");
    }
}
