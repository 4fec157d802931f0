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
import sallyport.gateway.event.GatewayEvent.RequestRefused;
import sallyport.gateway.fault.Fault;

/** A session without {@code -N}, and everything else that a stock client may ask for and does not get. */
class StatusPageTest {
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
    void aSessionWithoutNGetsAPageAndStaysAlsoWithItsInputClosed() throws Exception {
        try (Program ssh = door.ssh(key, "-R", "55443:localhost:1", "-R", "55555:localhost:1", "mm@127.0.0.1")) {
            ssh.endInput();
            ssh.expect("Sallyport: device mm");
            ssh.expect("55443  private, through hostnames");
            ssh.expect("https://mm.example.com/");
            ssh.expect("55555  refused: SP-212 Port 55555 is not granted to mm.");
            Awaitility.await()
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(5))
                    .until(ssh::running);
            assertThat(door.tunnels.find(new PortNumber(55443))).isPresent();
        }
    }

    @Test
    void aPageOfRefusalsAloneStaysWhileItIsRead() throws Exception {
        try (Program ssh = door.ssh(key, "-R", "55555:localhost:1", "mm@127.0.0.1")) {
            ssh.expect("refused: SP-212");
            Awaitility.await()
                    .during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(7))
                    .until(ssh::running);
        }
    }

    @Test
    void thePageChangesWhenAPortIsTaken() throws Exception {
        try (Program ssh = door.ssh(key, "-R", "55443:localhost:1", "-R", "0:localhost:1", "mm@127.0.0.1")) {
            ssh.expect("20001  private");
            int shown = ssh.output().length();
            try (Program newer = door.ssh(key, "-N", "-R", "0:localhost:1", "mm@127.0.0.1")) {
                newer.expect("Allocated port 20001");
                Awaitility.await()
                        .untilAsserted(() -> assertThat(ssh.output().substring(shown))
                                .contains("55443  private")
                                .doesNotContain("20001  private"));
            }
        }
    }

    @Test
    void ctrlCOnATerminalLeaves() throws Exception {
        try (Program ssh = door.ssh(key, "-tt", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            ssh.expect("55443  private");
            ssh.type("\u0003");
            ssh.expectExit(0);
        }
    }

    @Test
    void aCommandGetsOneLineOfReasonAndAnExitStatus() throws Exception {
        try (Program ssh = door.ssh(key, "mm@127.0.0.1", "true")) {
            ssh.expect("SP-221 A command is not available here.");
            ssh.expectExit(1);
        }
        assertThat(door.await(RequestRefused.class).why().fault()).isEqualTo(Fault.SSH_NOT_ALLOWED);
    }

    @Test
    void aSubsystemGetsOneLineOfReason() throws Exception {
        try (Program ssh = door.ssh(key, "-s", "mm@127.0.0.1", "sftp")) {
            ssh.expect("SP-221 A subsystem is not available here.");
            ssh.expectExit(1);
        }
    }

    @Test
    void aLocalForwardIsRefusedAndTheRemoteOneLivesOn() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55443:localhost:1", "-W", "127.0.0.1:22", "mm@127.0.0.1")) {
            ssh.expect("administratively prohibited: SP-221 A local forward is not available here.");
        }
        try (Program ssh = door.ssh(
                key,
                "-v",
                "-N",
                "-R",
                "55443:localhost:1",
                "-L",
                folder.resolve("local.sock") + ":127.0.0.1:22",
                "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            try (Program _ = Program.start(
                    "curl", "-s", "--unix-socket", folder.resolve("local.sock").toString(), "http://x/")) {
                ssh.expect("administratively prohibited: SP-221");
            }
            assertThat(door.tunnels.find(new PortNumber(55443))).isPresent();
        }
    }
}
