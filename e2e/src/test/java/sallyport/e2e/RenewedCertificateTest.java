package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.SelfSignedCertificate;
import sallyport.testkit.Visitor;

/** G22: renewed certificate files are picked up within 30 s, without dropping anybody; bad pairs leave the old one. */
@ExtendWith(SharedGateway.class)
class RenewedCertificateTest {
    private static final String HOST = "renewed.sallyport.test";

    private static void write(Scene scene, SelfSignedCertificate certificate, SelfSignedCertificate key) {
        scene.folder().write("full.pem", certificate.certificatePem());
        scene.folder().writeSecret("key.pem", key.privateKeyPem());
    }

    private static GatewayProcess start(Scene scene, SelfSignedCertificate first) {
        write(scene, first, first);
        String pair = "[{certificate: %s, key: %s}]"
                .formatted(scene.folder().resolve("full.pem"), scene.folder().resolve("key.pem"));
        return scene.ownGateway(setup -> setup.with("certificates", pair));
    }

    private static BigInteger shown(GatewayProcess gateway) throws IOException {
        try (Visitor visitor = Visitor.tls(gateway.ports().https(), HOST, Visitor.trustingAnything())) {
            return visitor.certificate().getSerialNumber();
        }
    }

    @Test
    void newPairIsShownWhileAnOldConnectionGoesOn(Scene scene) throws IOException {
        SelfSignedCertificate first = SelfSignedCertificate.forNames(HOST);
        GatewayProcess gateway = start(scene, first);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("renewed"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("renewed", device -> device.port(port));
        scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        scene.answered(() -> gateway.visit("renewed", "/").trustingAnything());
        assertThat(shown(gateway)).isEqualTo(first.certificate().getSerialNumber());

        try (Visitor old = Visitor.tls(gateway.ports().https(), HOST, Visitor.trustingAnything())) {
            SelfSignedCertificate second = SelfSignedCertificate.forNames(HOST);
            write(scene, second, second);

            await().atMost(Duration.ofSeconds(35))
                    .until(() -> shown(gateway).equals(second.certificate().getSerialNumber()));
            assertThat(old.bodyText(old.get(HOST, "/"))).isEqualTo("renewed");
        }
    }

    @Test
    void pairThatDoesNotBelongTogetherOrIsExpiredLeavesTheOldOneAndIsReported(Scene scene) throws IOException {
        SelfSignedCertificate first = SelfSignedCertificate.forNames(HOST);
        SelfSignedCertificate other = SelfSignedCertificate.forNames(HOST);
        GatewayProcess gateway = start(scene, first);
        int port = scene.newPort();
        scene.enrol("renewed", device -> device.port(port));

        write(scene, other, first);
        gateway.program().awaitLine("SP-712", Duration.ofSeconds(35));
        assertThat(shown(gateway)).isEqualTo(first.certificate().getSerialNumber());

        SelfSignedCertificate expired = SelfSignedCertificate.forNames(
                Instant.now().minus(Duration.ofDays(9)), Instant.now().minus(Duration.ofDays(1)), HOST);
        write(scene, expired, expired);
        gateway.program().awaitLine("SP-713", Duration.ofSeconds(35));
        assertThat(shown(gateway)).isEqualTo(first.certificate().getSerialNumber());
    }
}
