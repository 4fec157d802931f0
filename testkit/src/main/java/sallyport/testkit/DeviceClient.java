package sallyport.testkit;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;

/**
 * A device inside this process: dials in over real SSH and forwards a port to a loopback port. Many devices share one
 * {@link Fleet}, so that hundreds fit into a test. Blocking; any thread.
 */
public final class DeviceClient implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final ClientSession session;

    private DeviceClient(ClientSession session) {
        this.session = session;
    }

    /** A fresh Ed25519 key pair. */
    public static KeyPair newKey() {
        try {
            return KeyUtils.generateKeyPair("ssh-ed25519", 256);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The one line that an operator pastes. */
    public static String publicLine(KeyPair key, String comment) {
        return PublicKeyEntry.toString(key.getPublic()) + " " + comment;
    }

    /** What devices of one process share: the SSH client and its threads. */
    public static final class Fleet implements AutoCloseable {
        private final SshClient client;

        /** Starts the client. */
        public Fleet() {
            client = SshClient.setUpDefaultClient();
            client.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
            client.setServerKeyVerifier((ClientSession session, SocketAddress address, PublicKey key) -> true);
            client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
            CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ofSeconds(15));
            client.start();
        }

        /** Dials in and logs in; no forward yet. */
        public DeviceClient dial(int sshPort, String user, KeyPair key) throws IOException {
            ClientSession session =
                    client.connect(user, "127.0.0.1", sshPort).verify(DEADLINE).getSession();
            try {
                session.addPublicKeyIdentity(key);
                session.auth().verify(DEADLINE);
                return new DeviceClient(session);
            } catch (IOException | RuntimeException e) {
                session.close(true);
                throw e;
            }
        }

        @Override
        public void close() {
            client.stop();
        }
    }

    /**
     * Asks for a remote forward, as {@code -R PORT:127.0.0.1:TARGET} does.
     *
     * @return the port that the gateway granted (that of {@code port} unless it is 0)
     * @throws IOException when it was refused
     */
    public int forward(int port, int targetPort) throws IOException {
        SshdSocketAddress bound = session.startRemotePortForwarding(
                new SshdSocketAddress("", port), new SshdSocketAddress("127.0.0.1", targetPort));
        return bound.getPort();
    }

    /** Gives a forward back. */
    public void cancel(int port) throws IOException {
        session.stopRemotePortForwarding(new SshdSocketAddress("", port));
    }

    public boolean connected() {
        return session.isOpen();
    }

    /** Waits until the gateway has ended the session. */
    public boolean awaitEnd(Duration deadline) {
        return !session.waitFor(List.of(ClientSession.ClientSessionEvent.CLOSED), deadline)
                .contains(ClientSession.ClientSessionEvent.TIMEOUT);
    }

    @Override
    public void close() throws IOException {
        session.close(true).await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
