package sallyport.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An SSH agent that holds one {@link SecurityKey} and signs whatever it is asked to sign (draft-miller-ssh-agent). A stock client
 * finds it by {@code IdentityAgent}. One virtual thread for each client.
 */
public final class SshAgent implements AutoCloseable {
    private static final int FAILURE = 5;
    private static final int REQUEST_IDENTITIES = 11;
    private static final int IDENTITIES_ANSWER = 12;
    private static final int SIGN_REQUEST = 13;
    private static final int SIGN_RESPONSE = 14;
    private static final int LARGEST_MESSAGE = 256 << 10;

    private final ServerSocketChannel server;
    private final Path socket;
    private final SecurityKey key;

    private SshAgent(ServerSocketChannel server, Path socket, SecurityKey key) {
        this.server = server;
        this.socket = socket;
        this.key = key;
    }

    /** Listens on {@code socket}, which must not exist; the folder's owner removes it. */
    public static SshAgent holding(SecurityKey key, Path socket) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            SshAgent agent = new SshAgent(server, socket, key);
            Thread.ofVirtual().name("ssh-agent").start(agent::accept);
            return agent;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("ssh-agent-client").start(() -> serve(client));
            }
        } catch (ClosedChannelException e) {
            // the test is over
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                DataInputStream in = new DataInputStream(Channels.newInputStream(client));
                DataOutputStream out = new DataOutputStream(Channels.newOutputStream(client))) {
            while (true) {
                int length = in.readInt();
                if (length < 1 || length > LARGEST_MESSAGE) {
                    return;
                }
                byte[] answer = answer(ByteBuffer.wrap(in.readNBytes(length)));
                out.writeInt(answer.length);
                out.write(answer);
                out.flush();
            }
        } catch (EOFException e) {
            // the client has what it wanted
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] answer(ByteBuffer request) {
        return switch (request.get()) {
            case REQUEST_IDENTITIES -> {
                byte[] identity = SecurityKey.strings(key.blob(), "key@ring".getBytes(StandardCharsets.US_ASCII));
                yield message(
                        IDENTITIES_ANSWER,
                        ByteBuffer.allocate(Integer.BYTES + identity.length)
                                .putInt(1)
                                .put(identity)
                                .array());
            }
            case SIGN_REQUEST ->
                Arrays.equals(string(request), key.blob())
                        ? message(SIGN_RESPONSE, SecurityKey.strings(key.sign(string(request))))
                        : message(FAILURE, new byte[0]);
            default -> message(FAILURE, new byte[0]);
        };
    }

    private static byte[] message(int type, byte[] body) {
        return ByteBuffer.allocate(1 + body.length).put((byte) type).put(body).array();
    }

    private static byte[] string(ByteBuffer from) {
        byte[] bytes = new byte[from.getInt()];
        from.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
