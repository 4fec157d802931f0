package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.event.GatewayEvent.ForwardRefused;
import sallyport.gateway.event.GatewayEvent.LoggedIn;
import sallyport.gateway.event.GatewayEvent.RequestRefused;
import sallyport.gateway.event.GatewayEvent.SessionEnded;
import sallyport.gateway.fault.Fault;

/** How a stock client learns why it has no tunnel. */
class ForwardRefusalTest {
    @TempDir
    Path folder;

    private ClientKey key;
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443));
    }

    @AfterEach
    void shut() {
        door.close();
    }

    @Test
    void whatAClientDidNotHearAtTheEndItHearsAtItsNextLogin() throws Exception {
        try (Program ssh =
                door.ssh(key, "-N", "-o", "ExitOnForwardFailure=yes", "-R", "55555:localhost:1", "mm@127.0.0.1")) {
            ssh.expect("remote port forwarding failed for listen port 55555");
            ssh.expectExit(255);
        }
        try (Program ssh = door.ssh(key, "-N", "mm@127.0.0.1")) {
            ssh.expect("SP-212 Port 55555 is not granted to mm.");
        }
    }

    @Test
    void aGrantEndsTheTalkOfTheRefusalBefore() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55555:localhost:1", "mm@127.0.0.1")) {
            ssh.expectExit(255);
        }
        try (Program _ = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
        }
        try (Program ssh = door.ssh(key, "-v", "-N", "mm@127.0.0.1")) {
            ssh.expect("Authenticated to 127.0.0.1");
            assertThat(ssh.output()).doesNotContain("SP-212");
        }
    }

    @Test
    void aSessionThatGotOneOfItsForwardsStays() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55555:localhost:1", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            door.await(ForwardRefused.class);
            Awaitility.await()
                    .during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(6))
                    .until(ssh::running);
        }
    }

    @Test
    void aSessionThatNeverAskedStays() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "mm@127.0.0.1")) {
            door.await(LoggedIn.class);
            Awaitility.await()
                    .during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(6))
                    .until(ssh::running);
        }
    }

    @Test
    void aChangedGrantEndsTheWaitAtOnce() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55555:localhost:1", "mm@127.0.0.1")) {
            ssh.expectExit(255);
        }
        for (int i = 0; i < 5; i++) {
            door.door.refusedKeys().nextDelay(key.device().fingerprint()); // as after five more such sessions
        }
        door.events.clear();
        try (Program ssh = door.ssh(key, "-N", "-R", "55555:localhost:1", "mm@127.0.0.1")) {
            door.await(ForwardRefused.class);
            Awaitility.await().pollDelay(RefusalWatch.QUIET.plusMillis(700)).until(ssh::running);
            door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443, 55555));
            ssh.expectExit(255);
        }
        assertThat(door.await(SessionEnded.class).why().orElseThrow().fault()).isEqualTo(Fault.PORT_NOT_GRANTED);
    }

    @Test
    void aForwardOfAUnixSocketIsRefusedAndNoFileAppears() throws Exception {
        Path socket = folder.resolve("x.sock");
        try (Program _ =
                door.ssh(key, "-N", "-R", socket + ":localhost:1", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            assertThat(door.await(RequestRefused.class).why().fault()).isEqualTo(Fault.UNIX_SOCKET_FORWARD);
            assertThat(socket).doesNotExist();
        }
    }
}
