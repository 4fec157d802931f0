package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.LoggedIn;
import sallyport.gateway.event.GatewayEvent.TakenOver;
import sallyport.gateway.tunnel.Tunnel;

/** Two sessions of one key. */
class TakeoverTest {
    private static final PortNumber PORT = new PortNumber(55443);

    @TempDir
    Path folder;

    private ClientKey key;
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443, 55444));
    }

    @AfterEach
    void shut() {
        door.close();
    }

    private Tunnel owner(PortNumber port) {
        return door.tunnels.find(port).orElseThrow().tunnel();
    }

    @Test
    void theNewestGrantOwnsThePortAndASessionWithoutPortsIsToldAndEnded() throws Exception {
        try (Program older = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            Tunnel before = owner(PORT);
            try (Program newer = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
                older.expect("SP-112 A newer session of the same key has taken all ports of this one.");
                older.expectExit(255);
                assertThat(owner(PORT)).isNotSameAs(before);
                assertThat(newer.running()).isTrue();
                assertThat(door.all(TakenOver.class)).hasSize(1);
            }
        }
    }

    @Test
    void aStoppedClientLosesItsPortToTheNextOneWithinASecond() throws Exception {
        try (Program older = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            Tunnel before = owner(PORT);
            older.signal("STOP");
            try (Program newer = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
                Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> owner(PORT) != before);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(2))
                        .until(() -> door.tunnels.tunnels().size() == 1);
                assertThat(newer.running()).isTrue();
            }
        }
    }

    @Test
    void twoSessionsWithDifferentPortsLiveSideBySide() throws Exception {
        try (Program one = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1");
                Program two = door.ssh(key, "-N", "-R", "55444:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            door.awaitOffer(55444);
            assertThat(owner(PORT)).isNotSameAs(owner(new PortNumber(55444)));
            assertThat(door.all(TakenOver.class)).isEmpty();
            assertThat(one.running() && two.running()).isTrue();
        }
    }

    @Test
    void aLoginAloneTakesNothing() throws Exception {
        try (Program holder = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            Tunnel before = owner(PORT);
            try (Program status = door.ssh(key, "-R", "55555:localhost:1", "mm@127.0.0.1")) {
                status.expect("refused: SP-212");
                assertThat(door.all(LoggedIn.class)).hasSize(2);
                assertThat(owner(PORT)).isSameAs(before);
                assertThat(holder.running()).isTrue();
            }
        }
    }

    @Test
    void aSessionThatLostOnePortKeepsTheOther() throws Exception {
        try (Program older =
                door.ssh(key, "-N", "-R", "55443:localhost:1", "-R", "55444:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55444);
            try (Program _ = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
                door.await(TakenOver.class);
                assertThat(owner(PORT)).isNotSameAs(owner(new PortNumber(55444)));
                assertThat(older.running()).isTrue();
            }
        }
    }
}
