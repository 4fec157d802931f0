package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.ForwardGranted;
import sallyport.gateway.event.GatewayEvent.ForwardRefused;
import sallyport.gateway.event.GatewayEvent.LoggedIn;

/** What a stock OpenSSH client gets for the forwards that it asks for. */
class ForwardGrantTest {
    @TempDir
    Path folder;

    private ClientKey key;
    private DoorFixture door;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
        ClientKey other = ClientKey.ed25519(folder, "other");
        door.publish(
                DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443, 443),
                DoorFixture.device("lab-mm-2", 20_002, other.device(), 55444));
    }

    @AfterEach
    void shut() {
        door.close();
    }

    @Test
    void aStockClientGetsThePortThatItsDeviceOwns() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            assertThat(door.await(ForwardGranted.class).port()).isEqualTo(new PortNumber(55443));
            assertThat(door.await(LoggedIn.class).user()).isEqualTo("mm");
            assertThat(ssh.running()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "*:", "0.0.0.0:", "localhost:", "[::]:", "127.0.0.1:", "some.name:"})
    void theSpellingOfTheAddressDoesNotMatter(String address) throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", address + "55443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(55443);
            assertThat(ssh.running()).isTrue();
        }
    }

    @Test
    void aPortBelow1024IsGrantedLikeAnyOther() throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", "443:localhost:1", "mm@127.0.0.1")) {
            door.awaitOffer(443);
            assertThat(ssh.running()).isTrue();
        }
    }

    @Test
    void portZeroGivesTheDevicesOwnPortEachTime() throws Exception {
        for (int round = 0; round < 2; round++) {
            try (Program ssh = door.ssh(key, "-N", "-R", "0:localhost:1", "mm@127.0.0.1")) {
                ssh.expect("Allocated port 20001 for remote forward to localhost:1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    80    | SP-211 Port 80 is below 1024 and not granted to mm. This key may use 20001, 55443 and 443
                    55555 | SP-212 Port 55555 is not granted to mm. This key may use 20001, 55443 and 443
                    55444 | SP-214 Port 55444 belongs to lab-mm-2. This key may use 20001, 55443 and 443.
                    """)
    void aClientThatGotNothingIsToldWhyAndDisconnected(String asked, String words) throws Exception {
        try (Program ssh = door.ssh(key, "-N", "-R", asked + ":localhost:1", "mm@127.0.0.1")) {
            ssh.expect(words);
            assertThat(ssh.awaitExit()).isEqualTo(255);
            assertThat(door.await(ForwardRefused.class).port()).isEqualTo(Integer.parseInt(asked));
        }
    }
}
