package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.KeyPair;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.AdminApi;
import sallyport.testkit.DeviceClient;
import sallyport.testkit.GatewayProcess;

/** G09: devices behind one address are never blocked by the failures of their neighbours. */
@ExtendWith(SharedGateway.class)
class NeighboursTest {
    private static final int DEVICES = Size.of(10, 200);
    private static final int ROUNDS = Size.of(3, 20);

    @Test
    @Tag("proof")
    void goodKeysLogInAgainAndAgainBesideAnAttackerWithUnknownKeys(Scene scene) throws Exception {
        GatewayProcess gateway = scene.ownGateway(setup -> setup);
        KeyPair[] keys = new KeyPair[DEVICES];
        for (int i = 0; i < DEVICES; i++) {
            keys[i] = DeviceClient.newKey();
            gateway.api().add(AdminApi.device("neighbour-" + i).key(DeviceClient.publicLine(keys[i], "")));
        }
        DeviceClient.Fleet fleet = scene.use(new DeviceClient.Fleet());
        int refused = 0;
        int wrongly = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (KeyPair key : keys) {
                refused += login(fleet, gateway, DeviceClient.newKey()) ? 0 : 1;
                wrongly += login(fleet, gateway, key) ? 0 : 1;
            }
        }
        assertThat(wrongly).isZero();
        assertThat(refused).isEqualTo(DEVICES * ROUNDS);
    }

    private static boolean login(DeviceClient.Fleet fleet, GatewayProcess gateway, KeyPair key) {
        try (DeviceClient device = fleet.dial(gateway.ports().ssh(), "factory", key)) {
            return device.connected();
        } catch (IOException e) {
            return false;
        }
    }
}
