package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.event.GatewayEvent.LoggedIn;
import sallyport.gateway.event.GatewayEvent.LoginSlowed;
import sallyport.gateway.time.HandTimers;

/** G09: one machine that tries keys behind the address of many good ones. */
class UnknownKeyPaceTest {
    private final HandTimers timers = new HandTimers();

    private static InetAddress address(int last) {
        return InetAddress.ofLiteral("192.0.2." + last);
    }

    @Test
    void anAddressHasABurstAndThenItsRate() {
        UnknownKeyPace pace = new UnknownKeyPace(timers);
        for (int i = 0; i < UnknownKeyPace.BURST; i++) {
            assertThat(pace.atOnce(address(1))).as("key %d", i).isTrue();
        }
        assertThat(pace.atOnce(address(1))).isFalse();
        timers.advance(Duration.ofMinutes(1));
        for (int i = 0; i < UnknownKeyPace.PER_MINUTE; i++) {
            assertThat(pace.atOnce(address(1)))
                    .as("key %d of the next minute", i)
                    .isTrue();
        }
        assertThat(pace.atOnce(address(1))).isFalse();
    }

    @Test
    void anotherAddressIsNotSlowed() {
        UnknownKeyPace pace = new UnknownKeyPace(timers);
        for (int i = 0; i <= UnknownKeyPace.BURST; i++) {
            pace.atOnce(address(1));
        }
        assertThat(pace.atOnce(address(2))).isTrue();
    }

    @Test
    void theAddressThatWasQuietTheLongestIsForgotten() throws Exception {
        UnknownKeyPace pace = new UnknownKeyPace(timers);
        for (int i = 0; i <= UnknownKeyPace.BURST; i++) {
            pace.atOnce(address(1));
        }
        assertThat(pace.atOnce(address(1))).isFalse();
        for (int i = 0; i < UnknownKeyPace.MAX_SOURCES; i++) {
            pace.atOnce(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }
        assertThat(pace.atOnce(address(1))).isTrue();
    }

    private static KeyPair strange() throws Exception {
        return KeyUtils.generateKeyPair("ssh-ed25519", 256);
    }

    private static void spend(DoorFixture door, ClientKey unknown) throws Exception {
        for (int left = UnknownKeyPace.BURST; left > 0; left -= LoginAttempt.MOST_SIGNED) {
            List<KeyPair> keys = new ArrayList<>();
            while (keys.size() < LoginAttempt.MOST_SIGNED - 1) {
                keys.add(strange());
            }
            try (PacketClient client = new PacketClient(door, unknown, "127.0.0.1")) {
                client.offerFirst(keys);
                assertThat(client.tryLogin().await(PacketClient.PATIENCE)).isTrue();
            }
        }
    }

    @Test
    void aGoodKeyIsNeverSlowedNorItsSessionWithUnknownKeysBeforeItLockedOut(@TempDir Path folder) throws Exception {
        ClientKey good = ClientKey.ed25519(folder, "mm");
        ClientKey unknown = ClientKey.ed25519(folder, "unknown");
        try (DoorFixture door = new DoorFixture(folder, timers, 1)) {
            door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, good.device(), 55443));
            spend(door, unknown);
            assertThat(door.all(LoginSlowed.class)).isEmpty();

            try (PacketClient neighbour = PacketClient.loggedIn(door, good)) {
                assertThat(neighbour.forward(55443)).isTrue();
            }
            try (PacketClient mixed = new PacketClient(door, good, "127.0.0.1")) {
                mixed.offerFirst(List.of(strange(), strange()));
                AuthFuture login = mixed.tryLogin();
                for (int answered = 1; answered <= 2; answered++) {
                    int late = answered;
                    Awaitility.await()
                            .atMost(PacketClient.PATIENCE)
                            .until(() -> door.all(LoginSlowed.class).size() == late);
                    timers.advance(UnknownKeyPace.PAUSE.minusMillis(1));
                    assertThat(login.isDone()).isFalse();
                    timers.advance(Duration.ofMillis(1));
                }
                assertThat(login.verify(PacketClient.PATIENCE).isSuccess()).isTrue();
                Awaitility.await()
                        .atMost(PacketClient.PATIENCE)
                        .until(() -> door.all(LoggedIn.class).size() == 2);
            }
        }
    }

    @Test
    void aSessionThatTriesAllItsKeysLateStillHasTimeForItsLogin() {
        assertThat(UnknownKeyPace.PAUSE.multipliedBy(LoginAttempt.MOST_SIGNED)).isLessThan(Strangers.LOGIN_DEADLINE);
    }
}
