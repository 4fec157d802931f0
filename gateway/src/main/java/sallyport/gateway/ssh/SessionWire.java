package sallyport.gateway.ssh;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out: what a device's session says to its client, as packets of MINA's session. A write never blocks the loop:
 * during a key exchange MINA queues instead, because every write here counts as its own (see {@link ThreadUtils}).
 *
 * <p>On the session's loop, except {@link #onLoop}.
 */
final class SessionWire {
    private static final Logger log = LoggerFactory.getLogger(SessionWire.class);
    private static final String KEEPALIVE = "keepalive@openssh.com";

    private final GatewaySession session;
    private final ForwardedStreams streams;
    private boolean proved;

    SessionWire(GatewaySession session, ForwardedStreams streams) {
        this.session = session;
        this.streams = streams;
    }

    EventLoop loop() {
        return session.loop();
    }

    ForwardedStreams streams() {
        return streams;
    }

    /** Runs a task on the loop, at once when this is the loop; false when the loop is gone. Any thread. */
    boolean onLoop(Runnable task) {
        if (loop().inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("the loop of {} is gone", session);
            return false;
        }
    }

    void reply(boolean success, byte[] payload) {
        quietly(() -> {
            byte command = success ? SshConstants.SSH_MSG_REQUEST_SUCCESS : SshConstants.SSH_MSG_REQUEST_FAILURE;
            Buffer packet = session.createBuffer(command, payload.length + 1);
            packet.putRawBytes(payload);
            return session.writePacket(packet);
        });
    }

    /** Sends {@code keepalive@openssh.com}; {@code answered} runs on the loop when the client answers, with whatever. */
    void ask(Runnable answered) {
        quietly(() -> {
            Buffer packet = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
            packet.putString(KEEPALIVE);
            packet.putBoolean(true);
            return session.request(packet, KEEPALIVE, (command, buffer) -> onLoop(answered));
        });
    }

    /** Says why and closes, at the latest when the client does not read for a moment. */
    void disconnect(String words) {
        quietly(() -> {
            session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, words);
            return null;
        });
    }

    void noMoreSessions() {
        session.getService(ConnectionService.class).setAllowMoreSessions(false);
    }

    /** Answers once in a session: it costs a signature for each key. Completes on the loop. */
    CompletionStage<Optional<byte[]>> proveHostKeys(ByteBuffer blobs) {
        if (proved) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        proved = true;
        CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("ssh-host-key-proof").start(() -> {
            Optional<byte[]> signatures = HostKeyProof.sign(blobs, session);
            onLoop(() -> answer.complete(signatures));
        });
        return answer;
    }

    private void quietly(Callable<?> write) {
        try {
            ThreadUtils.runAsInternal(write);
        } catch (IOException | IllegalStateException e) {
            log.debug("write on a closing session {}", session, e);
            session.close(true);
        } catch (Exception e) {
            log.error("cannot write to {}", session, e);
            session.close(true);
        }
    }
}
