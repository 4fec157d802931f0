package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.testkit.AdminApi;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;

/** G01: the grant decides where an open port listens, not the client's spelling. */
@ExtendWith(SharedGateway.class)
class BindSpellingTest {
    @ParameterizedTest(name = "-R {0}PORT:...")
    @CsvSource({
        "none,''",
        "empty,:",
        "star,*:",
        "zeros,0.0.0.0:",
        "six,[::]:",
        "localhost,localhost:",
        "other,127.0.0.3:"
    })
    void everySpellingListensWhereTheGrantSays(String label, String prefix, Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("bind"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("bind-" + label, device -> device.openPort(port));
        scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward(prefix + port + ":127.0.0.1:" + appliance.port())
                .start());

        scene.answered(() -> Curl.url("http://127.0.0.1:" + port + "/"));

        assertThat(Curl.url("http://127.0.0.2:" + port + "/").run().status()).isZero();
    }

    @Test
    void clientChoosesAmongTheGrantedAddressesWhenTheOperatorLetsIt(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("bind"));
        int port = scene.newPort();
        String grant = "[{\"port\":" + port + ",\"bind\":[\"127.0.0.1\",\"127.0.0.2\"],\"bindChoice\":\"client\"}]";
        KeyFile key = KeyFile.ed25519(scene.folder(), "chooser");
        scene.gateway().api().add(AdminApi.device("bind-chooser").key(key));
        scene.use(() -> scene.gateway().api().remove("bind-chooser"));
        scene.gateway().api().patch("bind-chooser", "{\"openPorts\":" + grant + "}");
        scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward("127.0.0.2:" + port + ":127.0.0.1:" + appliance.port())
                .start());

        scene.answered(() -> Curl.url("http://127.0.0.2:" + port + "/"));

        assertThat(Curl.url("http://127.0.0.1:" + port + "/").run().status()).isZero();
    }
}
