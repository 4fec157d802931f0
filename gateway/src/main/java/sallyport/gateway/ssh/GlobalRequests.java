package sallyport.gateway.ssh;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * Global requests, one after the other. Answers carry no number: a client matches them by their order alone (RFC 4254
 * section 4), and a grant may have to wait for a socket; so the next request is looked at only when the one before it was
 * answered. A client that sends faster than any client has reason to is cut off.
 *
 * <p>On the session's loop.
 */
final class GlobalRequests {
    /** A client may pipeline this many requests at once, and then this many a second. */
    static final int BURST = 2000;

    static final int PER_SECOND = 100;

    /** What answers the requests. */
    interface Desk {
        CompletionStage<ForwardAnswer> forward(String address, long port);

        boolean cancel(String address, long port);

        void noMoreSessions();

        /** A forward of a Unix socket was refused. */
        void unixForward();

        /** The payload of the answer, or empty for a failure. */
        CompletionStage<Optional<byte[]>> proveHostKeys(ByteBuffer blobs);

        void reply(boolean success, byte[] payload);

        void cutOff(Problem why);
    }

    private static final byte[] NOTHING = {};

    private final Desk desk;
    private final Timers timers;
    private final Queue<GlobalRequest> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean working;
    private double allowance = BURST;
    private long refilled;

    GlobalRequests(Desk desk, Timers timers) {
        this.desk = desk;
        this.timers = timers;
        this.refilled = timers.nanoTime();
    }

    void received(GlobalRequest request) {
        if (!withinRate()) {
            waiting.clear();
            desk.cutOff(Fault.TOO_MANY_REQUESTS.problem("limit", PER_SECOND));
            return;
        }
        waiting.add(request);
        answerNext();
    }

    private boolean withinRate() {
        long now = timers.nanoTime();
        allowance = Math.min(BURST, allowance + (now - refilled) / 1e9 * PER_SECOND);
        refilled = now;
        allowance -= 1;
        return allowance >= 0;
    }

    private void answerNext() {
        if (working) {
            return; // an answer that was ready at once: the loop below goes on, without a deeper stack
        }
        working = true;
        while (!busy && !waiting.isEmpty()) {
            GlobalRequest request = waiting.remove();
            busy = true;
            answer(request).whenComplete((payload, failure) -> {
                busy = false;
                if (request.wantReply()) {
                    Optional<byte[]> answer = failure == null ? payload : Optional.empty();
                    desk.reply(answer.isPresent(), answer.orElse(NOTHING));
                }
                answerNext();
            });
        }
        working = false;
    }

    private CompletionStage<Optional<byte[]>> answer(GlobalRequest request) {
        return switch (request) {
            case GlobalRequest.Forward forward ->
                desk.forward(forward.address(), forward.port()).thenApply(answer -> payload(forward, answer));
            case GlobalRequest.Cancel cancel -> done(desk.cancel(cancel.address(), cancel.port()));
            case GlobalRequest.HostKeysProve prove -> desk.proveHostKeys(prove.blobs());
            case GlobalRequest.NoMoreSessions none -> {
                desk.noMoreSessions();
                yield done(true);
            }
            case GlobalRequest.UnixForward unix -> {
                desk.unixForward();
                yield done(false);
            }
            case GlobalRequest.Other other -> done(false);
        };
    }

    /** The port stands in the answer only when the client left the choice to us (RFC 4254 section 7.1). */
    private static Optional<byte[]> payload(GlobalRequest.Forward request, ForwardAnswer answer) {
        return switch (answer) {
            case ForwardAnswer.Refused refused -> Optional.empty();
            case ForwardAnswer.Granted granted
            when request.port() == 0 -> {
                ByteArrayBuffer port = new ByteArrayBuffer();
                port.putUInt(granted.port().value());
                yield Optional.of(port.getCompactData());
            }
            case ForwardAnswer.Granted granted -> Optional.of(NOTHING);
        };
    }

    private static CompletionStage<Optional<byte[]>> done(boolean success) {
        return CompletableFuture.completedFuture(success ? Optional.of(NOTHING) : Optional.empty());
    }
}
