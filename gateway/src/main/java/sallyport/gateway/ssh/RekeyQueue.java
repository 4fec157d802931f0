package sallyport.gateway.ssh;

import java.io.IOException;
import org.apache.sshd.common.future.DefaultKeyExchangeFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;

/**
 * What waits while keys are exchanged. MINA's queue is unbounded and is flushed by a thread of a shared pool; ours holds
 * {@link #MAX} packets (data waits elsewhere, see {@link SendGate}) and is flushed at once by the thread that
 * ends the exchange, so that a session stays on its loop.
 */
final class RekeyQueue extends KeyExchangeMessageHandler {
    /** Packets that may wait: answers and window adjustments of all streams of a session. */
    static final int MAX = 10_000;

    private final GatewaySession gatewaySession;

    RekeyQueue(GatewaySession session, Logger log) {
        super(session, log);
        this.gatewaySession = session;
    }

    @Override
    protected PendingWriteFuture enqueuePendingPacket(int cmd, Buffer buffer) {
        PendingWriteFuture pending = super.enqueuePendingPacket(cmd, buffer);
        if (pendingPackets.size() > MAX) {
            gatewaySession.close(true);
        }
        return pending;
    }

    @Override
    protected void flushQueue(DefaultKeyExchangeFuture flushDone) {
        lock.writeLock().lock();
        try {
            for (PendingWriteFuture next = pendingPackets.poll(); next != null; next = pendingPackets.poll()) {
                write(next);
            }
            kexFlushed.set(true);
        } finally {
            lock.writeLock().unlock();
        }
        flushDone.setValue(true);
    }

    private void write(PendingWriteFuture pending) {
        try {
            IoWriteFuture written = gatewaySession.writeNow(pending.getBuffer());
            written.addListener(pending);
        } catch (IOException e) {
            pending.setValue(e);
            gatewaySession.close(true);
        }
    }
}
