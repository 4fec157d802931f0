package sallyport.gateway.ssh;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.ssh.HandshakeQueue.Rank;
import sallyport.gateway.ssh.HandshakeQueue.Waiting;
import sallyport.gateway.ssh.RecentLogins.Source;

/**
 * Where peers are served until they are authenticated: a few threads of its own, so that key exchanges and signatures never
 * hold an event loop.
 *
 * <h2>Why work is paced</h2>
 *
 * A stranger can make the gateway compute for milliseconds (a group 14 exchange with an RSA signature) at no cost of its
 * own. A bound on threads alone would let strangers have those threads' whole time, half of a small machine. So the CPU time
 * of logins is budgeted: it is measured per step and charged, and when the login succeeds the charge is taken back. What
 * stays charged is work that came to nothing, and that may take {@link #SHARE} percent of one core for strangers and as much again
 * for those who look like a peer that logged in not long ago. A storm of returning devices is thus not slowed, a storm of
 * strangers is; it waits, and after {@link #MAX_WAIT} it is sent away. Nobody is locked out: who waits gets its turn.
 *
 * <p>Threads {@code ssh-handshake-N}: max(1, cores/2).
 */
final class HandshakeExecutor implements AutoCloseable {
    /** Percent of one core, for each of the two budgets. */
    static final int SHARE = 15;

    /** What a budget may gather: enough for some hundred logins that come at once. */
    static final Duration BURST = Duration.ofMillis(500);

    /** Who has waited so long for its turn is sent away. */
    static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(HandshakeExecutor.class);

    /** The next piece of a login: bytes that a peer sent. */
    interface Step {
        NettyIoSession session();

        /** Handles the bytes; on a handshake thread. */
        void run();

        /** Ends the connection without handling them; on a handshake thread. */
        void drop(boolean busy);
    }

    private final ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
    private final RecentLogins recent = new RecentLogins();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final HandshakeQueue queue = new HandshakeQueue();
    private final CpuBudget friends = new CpuBudget(SHARE, BURST.toNanos(), System.nanoTime());
    private final CpuBudget strangers = new CpuBudget(SHARE, BURST.toNanos(), System.nanoTime());
    private final List<Thread> threads = new ArrayList<>();
    private boolean closed;

    HandshakeExecutor() {
        this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    HandshakeExecutor(int threadCount) {
        for (int i = 1; i <= threadCount; i++) {
            threads.add(Thread.ofPlatform().daemon().name("ssh-handshake-" + i).start(this::work));
        }
    }

    /** Takes a step; it is run or dropped, once. Any thread. */
    void submit(Step step) {
        NettyIoSession session = step.session();
        boolean friend = recent.contains(session.getRemoteAddress().getAddress(), session.client());
        Rank rank = session.isKeyed() ? Rank.KEYED : friend ? Rank.FRIEND : Rank.STRANGER;
        boolean taken;
        lock.lock();
        try {
            taken = !closed;
            if (taken) {
                queue.add(
                        Source.of(session.getRemoteAddress().getAddress()),
                        new Waiting(step, rank, friend, System.nanoTime()));
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (!taken) {
            step.drop(false);
        }
    }

    /** The session's peer logged in: what it cost counts no longer, and its like go first from now on. Any thread. */
    void loggedIn(NettyIoSession session) {
        boolean friend = recent.contains(session.getRemoteAddress().getAddress(), session.client());
        recent.add(session.getRemoteAddress().getAddress(), session.client());
        lock.lock();
        try {
            budget(friend).refund(session.spentNanos);
            session.spentNanos = 0;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Steps that wait for their turn. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            for (Waiting next = take(); next != null; next = take()) {
                serve(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Waiting next) {
        NettyIoSession session = next.step().session();
        if (!session.isOpen()) {
            next.step().drop(false);
            return;
        }
        long before = cpu.getCurrentThreadCpuTime();
        try {
            next.step().run();
        } catch (RuntimeException e) {
            LOG.error("{}: a step of the login failed", session, e);
            session.close(true);
        } finally {
            charge(session, next.friend(), cpu.getCurrentThreadCpuTime() - before);
        }
    }

    private void charge(NettyIoSession session, boolean friend, long nanos) {
        lock.lock();
        try {
            if (!session.isAuthenticated()) {
                session.spentNanos += nanos;
                budget(friend).spend(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private CpuBudget budget(boolean friend) {
        return friend ? friends : strangers;
    }

    /** Waits for a step whose budget allows it; null when the executor is closed. */
    private @Nullable Waiting take() throws InterruptedException {
        while (true) {
            List<Waiting> late;
            lock.lock();
            try {
                if (closed) {
                    return null;
                }
                long now = System.nanoTime();
                late = queue.expire(now - MAX_WAIT.toNanos());
                Waiting next = late.isEmpty() ? queue.poll(rank -> wait(rank, now) == 0) : null;
                if (next != null) {
                    return next;
                }
                if (late.isEmpty()) {
                    changed.await(pause(now), TimeUnit.NANOSECONDS);
                }
            } finally {
                lock.unlock();
            }
            late.forEach(waiting -> waiting.step().drop(true));
        }
    }

    /** Nanoseconds until steps of this rank may run. What is half done is always done: it is bounded by what was begun. */
    private long wait(Rank rank, long now) {
        return switch (rank) {
            case KEYED -> 0;
            case FRIEND -> friends.waitNanos(now);
            case STRANGER -> strangers.waitNanos(now);
        };
    }

    private long pause(long now) {
        long pause = TimeUnit.SECONDS.toNanos(1);
        for (Rank rank : Rank.values()) {
            if (queue.has(rank)) {
                pause = Math.min(pause, wait(rank, now));
            }
        }
        return Math.max(pause, 1);
    }

    /** Drops what waits and ends the threads. */
    @Override
    public void close() {
        List<Waiting> left;
        lock.lock();
        try {
            closed = true;
            left = queue.expire(Long.MAX_VALUE / 2 + System.nanoTime());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(waiting -> waiting.step().drop(false));
    }
}
