package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.Nginx;

/** An operator has the device's certificate pinned, sees the pin, and visitors are refused when it does not match. */
@ExtendWith(SharedGateway.class)
class DeviceCertificateTest {
    private static final String HOSTNAME = "pinned.sallyport.test";

    @Test
    void certificateIsPinnedAtFirstUseAndShownAndAnotherIsRefused(Scene scene) {
        Nginx device = scene.use(Nginx.tls("pinned", "add_header X-Session \"$ssl_session_reused\" always;"));
        scene.online("pinned", device.port());
        Curl.Answer resumed = scene.gateway().visit("pinned", "/").run();
        assertThat(resumed.findField("X-Session")).contains("r");

        set(scene, "pinned");
        assertThat(scene.gateway().visit("pinned", "/").run().status()).isEqualTo(200);
        await().atMost(Scene.SOON)
                .until(() ->
                        scene.command("hostname", "show", HOSTNAME).stdout().contains("pinned:SHA256:"));

        set(scene, "pinned:SHA256:" + "A".repeat(43));
        Curl.Answer refused = scene.gateway().visit("pinned", "/").run();
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.body()).contains("SP-523");
    }

    private static void set(Scene scene, String certificate) {
        assertThat(scene.command("hostname", "set", HOSTNAME, "--device-certificate", certificate)
                        .exitCode())
                .isZero();
    }
}
