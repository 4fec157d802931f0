package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final Duration SLOWED_WITHIN = Duration.ofMinutes(1);

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
        AtomicBoolean attacking = new AtomicBoolean(true);
        scene.use(() -> attacking.set(false));
        AtomicInteger tried = new AtomicInteger();
        AtomicInteger admitted = new AtomicInteger();
        Thread attacker = Thread.ofVirtual().start(() -> {
            while (attacking.get()) {
                admitted.addAndGet(login(fleet, gateway, DeviceClient.newKey()) ? 1 : 0);
                tried.incrementAndGet();
            }
        });
        long start = System.nanoTime();
        int wrongly = 0;
        for (int round = 0; round < ROUNDS || scene.metric("sallyport_logins_slowed") == 0; round++) {
            assertThat(round < ROUNDS || System.nanoTime() - start < SLOWED_WITHIN.toNanos())
                    .as("slowed within a minute, after %s attempts", tried)
                    .isTrue();
            for (KeyPair key : keys) {
                wrongly += login(fleet, gateway, key) ? 0 : 1;
            }
        }
        attacking.set(false);
        attacker.join();
        assertThat(wrongly).isZero();
        assertThat(admitted).hasValue(0);
        assertThat(scene.metric("sallyport_unknown_keys")).isEqualTo(tried.get());
    }

    private static boolean login(DeviceClient.Fleet fleet, GatewayProcess gateway, KeyPair key) {
        try (DeviceClient device = fleet.dial(gateway.ports().ssh(), "factory", key)) {
            return device.connected();
        } catch (IOException e) {
            return false;
        }
    }
}
