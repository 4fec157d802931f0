package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.event.GatewayEvent.ForwardRefused;
import sallyport.gateway.event.GatewayEvent.SessionEnded;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.HandTimers;

/** How long a session that got nothing is kept before it is told why, and what two machines with one key are told. */
class RefusalDelayTest {
    /** How long the first machine may be away before the second may have the port. */
    private static final Duration FIRST_GONE = Duration.ofMinutes(2);

    private static final Duration STEP = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final HandTimers timers = new HandTimers();
    private ClientKey key;
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder, timers, 1);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443));
    }

    @AfterEach
    void shut() {
        door.close();
    }

    /** Lets time pass in steps so small that the client's answers keep it alive. */
    private void pass(Duration time, PacketClient client) throws Exception {
        for (Duration left = time; left.isPositive(); left = left.minus(STEP)) {
            timers.advance(left.compareTo(STEP) < 0 ? left : STEP);
            client.roundTrip();
        }
    }

    private PacketClient refusedEverything() throws Exception {
        PacketClient client = PacketClient.loggedIn(door, key);
        assertThat(client.forward(55555)).isFalse();
        timers.advance(RefusalWatch.QUIET);
        client.roundTrip();
        return client;
    }

    @Test
    void theDelayGrowsFromOneSecondToSixtyAndStays() throws Exception {
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            try (PacketClient client = refusedEverything()) {
                pass(Duration.ofSeconds(seconds).minusMillis(1), client);
                assertThat(client.connected()).as("just before %d s", seconds).isTrue();
                timers.advance(Duration.ofMillis(1));
                assertThat(client.awaitDisconnect()).startsWith("SP-212 Port 55555 is not granted to mm.");
            }
        }
    }

    @Test
    void aChangedGrantEndsTheWaitAndBeginsAnew() throws Exception {
        for (int i = 0; i < 6; i++) {
            door.door.refusedKeys().remember(key.device().fingerprint(), "SP-212");
            door.door.refusedKeys().nextDelay(key.device().fingerprint());
        }
        try (PacketClient client = refusedEverything()) {
            pass(Duration.ofSeconds(50), client);
            assertThat(client.connected()).isTrue();
            door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443, 55554));
            assertThat(client.awaitDisconnect()).startsWith("SP-212");
        }
        try (PacketClient client = refusedEverything()) {
            timers.advance(RefusedKeys.FIRST_DELAY);
            client.awaitDisconnect();
        }
    }

    /** Each of the two machines takes the port from the other until that is one time too many; the first holds it then. */
    private PacketClient firstOfTwoInConflict() throws Exception {
        PacketClient holder = PacketClient.loggedIn(door, key, "127.0.0.11");
        assertThat(holder.forward(55443)).isTrue();
        for (String machine : new String[] {"127.0.0.12", "127.0.0.11", "127.0.0.12", "127.0.0.11"}) {
            PacketClient next = PacketClient.loggedIn(door, key, machine);
            assertThat(next.forward(55443)).isTrue();
            assertThat(holder.awaitDisconnect()).startsWith("SP-112");
            holder.close();
            holder = next;
        }
        return holder;
    }

    @Test
    void theSecondMachineOfAKeyInConflictIsRefusedByBothAddressesUntilTheFirstIsGone() throws Exception {
        try (PacketClient first = firstOfTwoInConflict();
                PacketClient second = PacketClient.loggedIn(door, key, "127.0.0.12")) {
            assertThat(second.forward(55443)).isFalse();
            assertThat(door.await(ForwardRefused.class).why().fault()).isEqualTo(Fault.KEY_IN_CONFLICT);
            timers.advance(RefusalWatch.QUIET);
            second.roundTrip();
            timers.advance(RefusedKeys.FIRST_DELAY);
            assertThat(second.awaitDisconnect()).startsWith("SP-219").contains("127.0.0.11", "127.0.0.12");
            first.roundTrip();
            assertThat(door.tunnels.inConflict(new DeviceName("mm"))).isTrue();
        }
        door.await(SessionEnded.class);
        Awaitility.await().until(() -> door.tunnels.tunnels().isEmpty());
        timers.advance(FIRST_GONE.plusMillis(1));
        try (PacketClient second = PacketClient.loggedIn(door, key, "127.0.0.12")) {
            assertThat(second.forward(55443)).isTrue();
        }
    }
}
