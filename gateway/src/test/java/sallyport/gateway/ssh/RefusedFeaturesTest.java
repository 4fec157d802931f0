package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.ForwardRefused;
import sallyport.gateway.event.GatewayEvent.LoginRefused;
import sallyport.gateway.event.GatewayEvent.RequestRefused;
import sallyport.gateway.event.GatewayEvent.SessionEnded;
import sallyport.gateway.fault.Fault;

/** What a client may ask for and does not get, or not that often, while the forward that it holds lives on (G04). */
class RefusedFeaturesTest {
    @TempDir
    Path folder;

    private ClientKey key;
    private DoorFixture door;
    private PacketClient client;

    @BeforeEach
    void open() throws Exception {
        key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
        int[] ports = IntStream.concat(
                        IntStream.of(55443), IntStream.rangeClosed(40_001, 40_000 + Forwards.MOST_FORWARDS))
                .toArray();
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), ports));
        client = PacketClient.loggedIn(door, key);
        assertThat(client.forward(55443)).isTrue();
    }

    @AfterEach
    void shut() {
        client.close();
        door.close();
    }

    private void assertForwardLivesOn() throws Exception {
        client.roundTrip();
        assertThat(client.connected()).isTrue();
        assertThat(door.tunnels.find(new PortNumber(55443))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "direct-tcpip, A local forward",
        "direct-streamlocal@openssh.com, A forward to a Unix socket",
        "tun@openssh.com, A tunnel device",
        "x11, X11 forwarding",
        "auth-agent@openssh.com, Agent forwarding",
        "forwarded-tcpip, A channel of type forwarded-tcpip"
    })
    void noChannelButASessionIsOpenedByAClient(String type, String words) throws Exception {
        client.open(type, 7);
        assertThat(client.expectRefusal())
                .isEqualTo("SP-221 " + words + " is not available here. "
                        + Fault.SSH_NOT_ALLOWED.problem("what", words).fix());
        assertThat(door.await(RequestRefused.class).why().fault()).isEqualTo(Fault.SSH_NOT_ALLOWED);
        assertForwardLivesOn();
    }

    @ParameterizedTest
    @CsvSource({"x11-req, X11 forwarding", "auth-agent-req@openssh.com, Agent forwarding"})
    void aSessionForwardsNothingBesides(String request, String words) throws Exception {
        long session = client.openSession(3);
        client.send(SshConstants.SSH_MSG_CHANNEL_REQUEST, packet -> {
            packet.putUInt(session);
            packet.putString(request);
            packet.putBoolean(true);
            packet.putBoolean(false);
            packet.putString("MIT-MAGIC-COOKIE-1");
            packet.putString("00");
            packet.putUInt(0);
        });
        client.expect(SshConstants.SSH_MSG_CHANNEL_FAILURE);
        assertThat(door.await(RequestRefused.class).why().sentence()).startsWith("SP-221 " + words);
        assertForwardLivesOn();
    }

    @Test
    void aTerminalIsGivenForThePageAlone() throws Exception {
        long session = client.openSession(3);
        client.send(SshConstants.SSH_MSG_CHANNEL_REQUEST, packet -> {
            packet.putUInt(session);
            packet.putString("pty-req");
            packet.putBoolean(true);
            packet.putString("xterm");
            List.of(80, 24, 0, 0).forEach(packet::putUInt);
            packet.putString("");
        });
        client.expect(SshConstants.SSH_MSG_CHANNEL_SUCCESS);
        client.send(SshConstants.SSH_MSG_CHANNEL_REQUEST, packet -> {
            packet.putUInt(session);
            packet.putString("shell");
            packet.putBoolean(false);
        });
        Buffer page = client.expect(SshConstants.SSH_MSG_CHANNEL_DATA);
        page.getUInt();
        assertThat(page.getString()).startsWith("Sallyport: device mm").contains("\r\n");
        assertForwardLivesOn();
    }

    @Test
    void oneSessionChannelMoreThanAllowedIsRefusedUntilAnotherCloses() throws Exception {
        long first = client.openSession(0);
        for (int i = 1; i < DeviceConnection.MOST_PAGES; i++) {
            client.openSession(i);
        }
        client.open("session", 99);
        assertThat(client.expectRefusal()).startsWith("SP-221 One more session");
        client.send(SshConstants.SSH_MSG_CHANNEL_CLOSE, packet -> packet.putUInt(first));
        client.expect(SshConstants.SSH_MSG_CHANNEL_CLOSE);
        client.roundTrip();
        client.openSession(99);
        assertForwardLivesOn();
    }

    @Test
    void oneForwardMoreThanAllowedIsRefusedUntilAnotherIsGivenBack() throws Exception {
        for (int i = 1; i < Forwards.MOST_FORWARDS; i++) {
            assertThat(client.forward(40_000 + i)).isTrue();
        }
        int last = 40_000 + Forwards.MOST_FORWARDS;
        assertThat(client.forward(last)).isFalse();
        assertThat(door.await(ForwardRefused.class).why().sentence())
                .isEqualTo("SP-217 A session may have 32 forwards. Ask for fewer ports.");
        assertThat(client.forward(40_001)).as("one that it holds").isTrue();
        assertThat(client.request("cancel-tcpip-forward", "", 40_001)).isNotNull();
        assertThat(client.forward(last)).isTrue();
        assertForwardLivesOn();
    }

    @Test
    void oneSessionMoreThanAllowedIsRefusedAtItsLoginUntilAnotherEnds() throws Exception {
        List<PacketClient> others = new ArrayList<>();
        try {
            while (others.size() < LiveSessions.MOST_PER_DEVICE - 1) {
                others.add(PacketClient.loggedIn(door, key));
            }
            try (Program ssh = door.ssh(key, "-N", "mm@127.0.0.1")) {
                ssh.expect(Fault.TOO_MANY_SESSIONS
                        .problem("device", "mm", "limit", 32)
                        .sentence());
                ssh.expectExit(255);
            }
            assertThat(door.await(LoginRefused.class).why().fault()).isEqualTo(Fault.TOO_MANY_SESSIONS);
            others.removeLast().close();
            door.await(SessionEnded.class);
            others.add(PacketClient.loggedIn(door, key));
            assertForwardLivesOn();
        } finally {
            others.forEach(PacketClient::close);
        }
    }
}
