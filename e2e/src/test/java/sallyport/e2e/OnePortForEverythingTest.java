package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.StockSsh;
import sallyport.testkit.Visitor;

/** G14: a firewall that lets out 443 alone: SSH and HTTPS share the port, whoever speaks first. */
@ExtendWith(SharedGateway.class)
class OnePortForEverythingTest {
    @Test
    void openSshForwardsThroughTheHttpsPort(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("narrow"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("narrow", device -> device.port(port));
        scene.use(StockSsh.openssh(scene.gateway().ports().https(), key)
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("narrow");
    }

    @Test
    void dropbearForwardsThroughTheHttpsPort(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("narrow-dropbear"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("narrow-dropbear", device -> device.port(port));
        scene.use(StockSsh.dropbear(scene.gateway().ports().https(), key)
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("narrow-dropbear");
    }

    @Test
    void clientThatWaitsIsGreetedAfterAWhile(Scene scene) throws Exception {
        try (Visitor waiting = Visitor.tcp(scene.gateway().ports().https())) {
            assertThat(new String(waiting.in().readNBytes(8), StandardCharsets.US_ASCII))
                    .isEqualTo("SSH-2.0-");
            while (waiting.in().read() != '\n') {
                // the rest of its name
            }
            waiting.send("SSH-2.0-patient\r\n");
            assertThat(waiting.in().readNBytes(6)[5]).as("a KEXINIT").isEqualTo((byte) 20);
        }
    }

    @Test
    void nobodyIsGreetedOrServedWhereSshIsOff(Scene scene) throws Exception {
        scene.ownGateway(setup -> setup.with("https", "{listen: 127.0.0.1:0, ssh: no}"));
        try (Visitor visitor = Visitor.tcp(scene.gateway().ports().https())) {
            visitor.send("SSH-2.0-device\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(visitor.rest()).isEmpty();
        }
    }
}
