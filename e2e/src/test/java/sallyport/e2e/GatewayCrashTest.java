package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;

/** kill -9 of the gateway loses nothing: the store is intact, and devices that come back get their ports. */
@ExtendWith(SharedGateway.class)
class GatewayCrashTest {
    @Test
    void devicesGetTheirPortsBackAfterKill9(Scene scene) {
        GatewayProcess gateway = scene.ownGateway(GatewayProcess.Setup::fixedPorts);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("survivor"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("survivor", device -> device.openPort(port).with("title", "\"Bench 4\""));
        scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        scene.answered(() -> Curl.url("http://127.0.0.1:" + port + "/"));

        gateway.killHard();
        gateway.restart();
        scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward(port, appliance.port())
                .start());

        scene.answered(() -> Curl.url("http://127.0.0.1:" + port + "/"));
        scene.untilAnswered("survivor");
        assertThat(gateway.api().show("survivor")).contains("Bench 4", key.blob());
    }
}
