package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Visitor;

/** A hostname leaves the wildcard and comes back to it while the gateway runs. */
@ExtendWith(SharedGateway.class)
class SingleCertificateTest {
    @Test
    void aHostnameMayHaveACertificateForItself(Scene scene) throws Exception {
        scene.enrol("alone", device -> device);
        assertThat(names(scene, "alone")).contains("*." + GatewayProcess.DOMAIN);

        set(scene, "single");
        assertThat(names(scene, "alone")).containsExactly(GatewayProcess.hostname("alone"));

        set(scene, "wildcard");
        assertThat(names(scene, "alone")).contains("*." + GatewayProcess.DOMAIN);
    }

    private static void set(Scene scene, String value) {
        assertThat(scene.command("hostname", "set", GatewayProcess.hostname("alone"), "--certificate", value)
                        .exitCode())
                .isZero();
    }

    private static List<String> names(Scene scene, String device) throws Exception {
        try (Visitor visitor = scene.gateway().connect(device)) {
            return visitor.certificate().getSubjectAlternativeNames().stream()
                    .map(name -> String.valueOf(name.get(1)))
                    .toList();
        }
    }
}
