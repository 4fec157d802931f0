package sallyport.gateway.ssh;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;

/**
 * Decides when the streams of one session may send. Bytes that were given to the session and did not reach its socket yet are
 * counted; above {@link #CLOSED_ABOVE} the gate closes, below {@link #OPEN_BELOW} it opens again. A rekey closes it too: MINA
 * queues what is written meanwhile without a bound (RFC 4253 section 7.1 forbids to send it), so the first packet that comes
 * back as pending closes the gate until it has gone out.
 *
 * <p>Streams that found the gate closed wait in line. When it opens they take turns of {@link #TURN} bytes, so one large upload
 * does not starve the others.
 *
 * <p>Confined to the session's loop.
 */
final class SendGate {
    /** Bytes on their way to the socket above which streams wait. */
    static final int CLOSED_ABOVE = 512 << 10;

    /** Bytes on their way to the socket below which streams go on. */
    static final int OPEN_BELOW = 256 << 10;

    /** What one waiting stream may send before the next one's turn, in bytes. */
    static final int TURN = 128 << 10;

    /** A stream that waits for the gate. */
    interface Sender {
        void gateOpened();
    }

    private final EventLoop loop;
    private final ArrayDeque<Sender> line = new ArrayDeque<>();
    private long underWay;
    private int pending;
    private boolean full;
    private boolean waking;
    private int leftOfTurn;

    SendGate(EventLoop loop) {
        this.loop = loop;
    }

    /** How many bytes this stream may send now; at 0 it has to {@link #await}. */
    int allowance(Sender sender) {
        if (full || pending > 0) {
            return 0;
        }
        return waking ? leftOfTurn : line.isEmpty() ? TURN : 0;
    }

    /** Puts a stream that found no allowance in line; once. */
    void await(Sender sender) {
        line.add(sender);
    }

    /** A stream that waits in line is over. */
    void forget(Sender sender) {
        line.remove(sender);
    }

    /** So many bytes were given to the session. */
    void sent(IoWriteFuture written, int bytes) {
        leftOfTurn -= bytes;
        underWay += bytes;
        full = full || underWay > CLOSED_ABOVE;
        boolean rekeying = written instanceof PendingWriteFuture && !written.isDone();
        if (rekeying) {
            pending++;
        }
        written.addListener(future -> {
            if (loop.inEventLoop()) {
                written(bytes, rekeying);
            } else {
                loop.execute(() -> written(bytes, rekeying));
            }
        });
    }

    private void written(int bytes, boolean rekeying) {
        underWay -= bytes;
        if (rekeying) {
            pending--;
        }
        full = full && underWay > OPEN_BELOW;
        wake();
    }

    private void wake() {
        if (waking || full || pending > 0 || line.isEmpty()) {
            return;
        }
        waking = true;
        try {
            while (!full && pending == 0 && !line.isEmpty()) {
                leftOfTurn = TURN;
                line.remove().gateOpened();
            }
        } finally {
            waking = false;
        }
    }
}
