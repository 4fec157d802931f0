package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A device that logs in by MINA's client and then speaks the connection protocol packet by packet: what concerns channels is
 * left to the test, also what no honest client sends.
 */
final class PacketClient implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CHANNEL_MESSAGES_END = 100;

    private final SshClient client = SshClient.setUpDefaultClient();
    private final BlockingQueue<Buffer> packets = new LinkedBlockingQueue<>();
    private volatile String lastWords = "";
    private final ClientSession session;
    private final KeyPair own;

    /** Dials in from any loopback address and logs in. */
    PacketClient(DoorFixture door, ClientKey key, String from) throws IOException {
        client.setSessionFactory(new SessionFactory(client) {
            @Override
            protected ClientSessionImpl doCreateSession(IoSession io) throws Exception {
                return new Diverting(getClient(), io);
            }
        });
        client.setServerKeyVerifier((at, address, host) -> true);
        client.addSessionListener(new SessionListener() {
            @Override
            public void sessionDisconnect(
                    Session ended, int reason, @Nullable String words, @Nullable String language, boolean ours) {
                lastWords = String.valueOf(words);
            }
        });
        client.start();
        SocketAddress local = new InetSocketAddress(InetAddress.ofLiteral(from), 0);
        session = client.connect("mm", new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port), local)
                .verify(PATIENCE)
                .getSession();
        own = new FileKeyPairProvider(key.file()).loadKeys(null).iterator().next();
    }

    /** Dials in and has logged in. */
    static PacketClient loggedIn(DoorFixture door, ClientKey key) throws IOException {
        return loggedIn(door, key, "127.0.0.1");
    }

    static PacketClient loggedIn(DoorFixture door, ClientKey key, String from) throws IOException {
        PacketClient client = new PacketClient(door, key, from);
        client.login();
        return client;
    }

    void login() throws IOException {
        tryLogin().verify(PATIENCE);
    }

    /** Keys to be tried before the device's own. */
    void offerFirst(List<KeyPair> others) {
        others.forEach(session::addPublicKeyIdentity);
    }

    AuthFuture tryLogin() throws IOException {
        session.addPublicKeyIdentity(own);
        return session.auth();
    }

    /** MINA's session with the channel messages going to the test. */
    private final class Diverting extends ClientSessionImpl {
        Diverting(ClientFactoryManager manager, IoSession io) throws Exception {
            super(manager, io);
        }

        @Override
        protected void doHandleMessage(Buffer buffer) throws Exception {
            int command = buffer.rawByte(buffer.rpos()) & 0xff;
            if (command >= SshConstants.SSH_MSG_CHANNEL_OPEN && command <= CHANNEL_MESSAGES_END) {
                byte[] copy = new byte[buffer.available()];
                buffer.getRawBytes(copy);
                packets.add(new ByteArrayBuffer(copy));
            } else {
                super.doHandleMessage(buffer);
            }
        }
    }

    /** True when the port is granted. */
    boolean forward(int port) throws IOException {
        return request("tcpip-forward", "", port) != null;
    }

    @Nullable
    Buffer request(String name, String address, long port) throws IOException {
        Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        packet.putString(name);
        packet.putBoolean(true);
        packet.putString(address);
        packet.putUInt(port);
        return session.request(name, packet, PATIENCE);
    }

    /** Everything sent before has been handled, and so has everything that the gateway's loop had to do. */
    void roundTrip() throws IOException {
        request("keepalive@openssh.com", "", 0);
    }

    void send(byte command, Consumer<Buffer> body) throws IOException {
        Buffer packet = session.createBuffer(command);
        body.accept(packet);
        session.writePacket(packet).verify(PATIENCE);
    }

    /** The next message about channels, read up to behind its command, which must be this one. */
    Buffer expect(byte command) throws InterruptedException {
        Buffer packet = packets.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(packet).as("packet %d", command).isNotNull();
        assertThat(packet.getByte()).isEqualTo(command);
        return packet;
    }

    boolean nothingCame() {
        return packets.isEmpty();
    }

    /** Opens a session channel as number {@code id}; returns the gateway's number for it. */
    long openSession(int id) throws IOException, InterruptedException {
        open("session", id);
        Buffer confirmed = expect(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
        assertThat(confirmed.getUInt()).isEqualTo(id);
        return confirmed.getUInt();
    }

    void open(String type, int id) throws IOException {
        send(SshConstants.SSH_MSG_CHANNEL_OPEN, packet -> {
            packet.putString(type);
            packet.putUInt(id);
            packet.putUInt(1 << 20);
            packet.putUInt(1 << 15);
        });
    }

    /** The words of a refused channel. */
    String expectRefusal() throws InterruptedException {
        Buffer refusal = expect(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE);
        refusal.getUInt();
        assertThat(refusal.getUInt()).isEqualTo(SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED);
        return new String(refusal.getBytes(), StandardCharsets.US_ASCII);
    }

    boolean connected() {
        return session.isOpen();
    }

    /** What the gateway said when it disconnected. */
    String awaitDisconnect() {
        Awaitility.await().atMost(PATIENCE).until(() -> !session.isOpen());
        return lastWords;
    }

    @Override
    public void close() {
        session.close(true);
        client.stop();
    }
}
