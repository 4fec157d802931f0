package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Program;

/** One command leads all names of one more label to a device, with a certificate, and every command knows it. */
@ExtendWith(SharedGateway.class)
class WildcardHostnameTest {
    private static final String WILDCARD = "*.lab1.example.com";

    @Test
    void everyNameOfOneLabelLeadsToTheDeviceAndOneOfItsOwnGoesBeforeIt(Scene scene) {
        scene.online("rack", scene.use(FakeAppliance.plain("rack")).port());
        scene.online("bench", scene.use(FakeAppliance.plain("bench")).port());

        Program.Result added = scene.command("hostname", "add", WILDCARD, "--device", "rack");
        assertThat(added.exitCode()).as("%s", added).isZero();
        assertThat(scene.command("hostname", "add", "own.lab1.example.com", "--device", "bench")
                        .exitCode())
                .isZero();

        assertThat(body(scene, "any.lab1.example.com")).isEqualTo("rack");
        assertThat(body(scene, "ANY2.Lab1.example.com")).isEqualTo("rack");
        assertThat(body(scene, "own.lab1.example.com")).isEqualTo("bench");
        assertThat(scene.gateway().visitHost("a.b.lab1.example.com", "/").run().exitCode())
                .isNotZero();
        assertThat(scene.command("hostname", "list").stdout()).contains(WILDCARD, "own.lab1.example.com");
        String url = "https://any.lab1.example.com:" + scene.gateway().ports().https() + "/";
        assertThat(scene.command("why", url).stdout()).contains(WILDCARD + ", which stands for it, leads to port");
        assertThat(scene.command("hostname", "test", "any.lab1.example.com").stdout())
                .contains(WILDCARD);

        for (String none : new String[] {"*", "*.com", "*.co.uk", "*.sallyport.test", "a*.example.com"}) {
            assertThat(scene.command("hostname", "add", none, "--device", "rack")
                            .exitCode())
                    .as(none)
                    .isIn(2, 4);
        }
        assertThat(scene.command("hostname", "remove", WILDCARD).exitCode()).isZero();
        assertThat(scene.gateway().visitHost("any.lab1.example.com", "/").run().exitCode())
                .isNotZero();
        assertThat(body(scene, "own.lab1.example.com")).isEqualTo("bench");
    }

    private static String body(Scene scene, String hostname) {
        Curl.Answer answer = scene.gateway().visitHost(hostname, "/").run();
        assertThat(answer.status()).as(hostname).isEqualTo(200);
        return answer.body();
    }
}
