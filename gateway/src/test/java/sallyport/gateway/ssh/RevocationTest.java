package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.LoggedIn;
import sallyport.gateway.event.GatewayEvent.SessionEnded;

/** What an operator withdraws has ended when the directory says that the change is applied, within a second. */
class RevocationTest {
    @TempDir
    Path folder;

    private ClientKey key;
    private ClientKey second;
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        second = ClientKey.ed25519(folder, "second");
        door = new DoorFixture(folder);
        door.publish(mm(true, List.of(key, second), 55443, 55444));
    }

    @AfterEach
    void shut() {
        door.close();
    }

    private static Device mm(boolean enabled, List<ClientKey> keys, int... ports) {
        return DoorFixture.device(
                "mm",
                DoorFixture.AUTOMATIC,
                keys.stream().map(ClientKey::device).toList(),
                enabled,
                List.of(),
                java.util.Arrays.stream(ports)
                        .mapToObj(port -> Port.privatePort(new PortNumber(port)))
                        .toList());
    }

    private void publishFast(Device... devices) throws Exception {
        long start = System.nanoTime();
        door.publish(devices);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aDisabledDeviceIsDisconnectedAndHearsWhy() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            publishFast(mm(false, List.of(key), 55443));
            assertThat(door.tunnels.tunnels()).isEmpty();
            ssh.expect("SP-103 Device mm is disabled.");
        }
    }

    @Test
    void aStoppedClientIsEndedWithinASecondToo() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            ssh.signal("STOP");
            publishFast();
            assertThat(door.tunnels.tunnels()).isEmpty();
            assertThat(door.all(SessionEnded.class)).hasSize(1);
        }
    }

    @Test
    void aRemovedKeyEndsItsSessionAndNotThatOfTheOtherKey() throws Exception {
        try (Program gone = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1");
                Program stays = door.ssh(second, "-N", "-R", "55444:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            door.awaitOffer(55444);
            publishFast(mm(true, List.of(second), 55443, 55444));
            gone.expect("SP-113 An operator withdrew what this session was allowed.");
            gone.expectExit(255);
            assertThat(stays.running()).isTrue();
            assertThat(door.tunnels.find(new PortNumber(55444))).isPresent();
        }
    }

    @Test
    void aReleasedPortIsGoneAndTheOtherOfTheSameSessionStays() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55443:localhost:1", "-R", "55444:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            door.awaitOffer(55444);
            publishFast(mm(true, List.of(key), 55444));
            assertThat(door.tunnels.find(new PortNumber(55443))).isEmpty();
            assertThat(door.tunnels.find(new PortNumber(55444))).isPresent();
            assertThat(ssh.running()).isTrue();
            publishFast(mm(true, List.of(key)));
            ssh.expectExit(255);
        }
    }

    @Test
    void narrowingWhereAKeyMayComeFromEndsItsSession() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "mm@127.0.0.1")) {
            door.await(LoggedIn.class);
            publishFast(DoorFixture.device(
                    "mm", DoorFixture.AUTOMATIC, List.of(key.from("192.0.2.0/24")), true, List.of(), List.of()));
            ssh.expect("may not log in from 127.0.0.1");
        }
    }
}
