package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.ForwardRefused;
import sallyport.gateway.fault.Fault;

/** What stock clients do not send, sent by MINA's client packet by packet. */
class RawSessionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private DoorFixture door;
    private SshClient client;
    private ClientSession session;

    @BeforeEach
    void open() throws Exception {
        ClientKey key = ClientKey.ed25519(folder, "mm");
        door = new DoorFixture(folder);
        door.publish(DoorFixture.device("mm", DoorFixture.AUTOMATIC, key.device(), 55443));
        KeyPair pair =
                new FileKeyPairProvider(key.file()).loadKeys(null).iterator().next();
        client = SshClient.setUpDefaultClient();
        client.start();
        session = client.connect("mm", "127.0.0.1", door.port).verify(PATIENCE).getSession();
        session.addPublicKeyIdentity(pair);
        session.auth().verify(PATIENCE);
    }

    @AfterEach
    void shut() throws Exception {
        session.close(true);
        client.stop();
        door.close();
    }

    private @Nullable Buffer request(String name, String address, long port) throws Exception {
        Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        packet.putString(name);
        packet.putBoolean(true);
        packet.putString(address);
        packet.putUInt(port);
        return session.request(name, packet, PATIENCE);
    }

    @Test
    void anImpossiblePortIsRefusedInWords() throws Exception {
        assertThat(request("tcpip-forward", "", 70_000)).isNull();
        assertThat(door.await(ForwardRefused.class).why().sentence())
                .isEqualTo("SP-213 70000 is not a port number. "
                        + "Ask for a port from 1 to 65535. This key may use 20001 and 55443.");
    }

    @Test
    void aCancelledForwardIsGoneAndAnUnknownOneIsAFailure() throws Exception {
        assertThat(request("tcpip-forward", "localhost", 55443)).isNotNull();
        assertThat(request("cancel-tcpip-forward", "elsewhere", 55443)).isNull();
        assertThat(request("cancel-tcpip-forward", "localhost", 55443)).isNotNull();
        assertThat(door.tunnels.find(new PortNumber(55443))).isEmpty();
        assertThat(request("cancel-tcpip-forward", "localhost", 55443)).isNull();
    }

    @Test
    void thePortThatWasChosenIsReturnedAndASecondChoiceIsRefused() throws Exception {
        Buffer answer = request("tcpip-forward", "", 0);
        assertThat(answer).isNotNull();
        assertThat(answer.getUInt()).isEqualTo(DoorFixture.AUTOMATIC);
        assertThat(request("tcpip-forward", "", 0)).isNull();
        assertThat(door.await(ForwardRefused.class).why().fault()).isEqualTo(Fault.AUTOMATIC_PORT_TAKEN);
    }

    @Test
    void theSpellingOfTheAddressIsKeptForTheChannelsToCome() throws Exception {
        request("tcpip-forward", "any.Name", 55443);
        assertThat(door.tunnels.find(new PortNumber(55443)).orElseThrow().requestedAddress())
                .isEqualTo("any.Name");
    }

    @Test
    void aCommandIsRefusedWithItsReasonAndTheForwardsSurvive() throws Exception {
        request("tcpip-forward", "", 55443);
        java.io.ByteArrayOutputStream reason = new java.io.ByteArrayOutputStream();
        try (ChannelExec exec = session.createExecChannel("reboot")) {
            exec.setErr(reason);
            exec.open().verify(PATIENCE);
            exec.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
            assertThat(exec.getExitStatus()).isEqualTo(1);
        }
        assertThat(reason.toString(StandardCharsets.US_ASCII)).startsWith("SP-221 A command is not available here.");
        assertThat(request("keepalive@openssh.com", "", 0)).isNull();
        assertThat(door.tunnels.find(new PortNumber(55443))).isPresent();
    }

    @Test
    void answersThatNobodyAskedForAreIgnored() throws Exception {
        for (byte command : new byte[] {SshConstants.SSH_MSG_REQUEST_SUCCESS, SshConstants.SSH_MSG_REQUEST_FAILURE}) {
            session.writePacket(session.createBuffer(command)).verify(PATIENCE);
        }
        for (byte command : new byte[] {SshConstants.SSH_MSG_CHANNEL_SUCCESS, SshConstants.SSH_MSG_CHANNEL_FAILURE}) {
            Buffer packet = session.createBuffer(command);
            packet.putUInt(4711);
            session.writePacket(packet).verify(PATIENCE);
        }
        assertThat(request("tcpip-forward", "", 55443)).isNotNull();
    }

    @Test
    void theGatewayProvesTheHostKeyThatAClientAsksFor() throws Exception {
        Buffer blob = new ByteArrayBuffer();
        blob.putRawPublicKey(session.getServerKey());
        Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        packet.putString("hostkeys-prove-00@openssh.com");
        packet.putBoolean(true);
        packet.putBytes(blob.getCompactData());
        Buffer answer = session.request("hostkeys-prove-00@openssh.com", packet, PATIENCE);
        assertThat(answer).isNotNull();
        Buffer signature = new ByteArrayBuffer(answer.getBytes());
        assertThat(signature.getString()).isEqualTo(KeyUtils.getKeyType(session.getServerKey()));
        assertThat(request("hostkeys-prove-00@openssh.com", "", 0)).isNull();
    }

    @Test
    void aFloodOfRequestsEndsTheSession() throws Exception {
        for (int i = 0; i < GlobalRequests.BURST * 2 && session.isOpen(); i++) {
            Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            packet.putString("x");
            packet.putBoolean(false);
            session.writePacket(packet);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> !session.isOpen());
    }
}
