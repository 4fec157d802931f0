package sallyport.gateway.ssh;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.time.Timers;
import sallyport.gateway.time.Timers.Timeout;

/**
 * Finds out whether the device is still there: asks every 15 s, measures how long the answer takes, and calls it dead when
 * nothing at all came in for three rounds. Any packet counts as a sign of life, not only an answer, because a device that
 * is busy with an upload may answer late.
 *
 * <p>Three rounds are counted from the last sign of life, not from the next question, so that a device that dies right
 * after an answer is seen within 45 s too.
 *
 * <p>On the session's loop; {@link #alive} alone may come from any thread.
 */
final class Keepalive {
    static final Duration INTERVAL = Duration.ofSeconds(15);

    /** Three intervals less what it takes to notice, so that the promise of 45 s holds. */
    static final Duration SILENCE = Duration.ofSeconds(44);

    /** A client that never answers, and yet sends, is asked no more. */
    private static final int MOST_UNANSWERED = 8;

    /** The session that is watched. */
    interface Watched {
        /** Asks the device for a sign of life; {@code answered} runs on the loop when it comes. */
        void ask(Runnable answered);

        void dead();

        /** Runs at every round. */
        void round();
    }

    private final Watched watched;
    private final Executor loop;
    private final Timers timers;
    private volatile long lastSign;
    private long lastAsked;
    private int unanswered;
    private volatile int missed;
    private volatile long roundTripMillis = -1;
    private @Nullable Timeout timer;
    private boolean stopped;

    Keepalive(Watched watched, Executor loop, Timers timers) {
        this.watched = watched;
        this.loop = loop;
        this.timers = timers;
        this.lastSign = timers.nanoTime();
    }

    void start() {
        lastAsked = timers.nanoTime();
        scheduleNext(lastAsked);
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** A packet came in. */
    void alive() {
        lastSign = timers.nanoTime();
        missed = 0;
    }

    /** The last answer's round trip in milliseconds, or -1. */
    long roundTripMillis() {
        return roundTripMillis;
    }

    /** Questions since the last sign of life. */
    int missed() {
        return missed;
    }

    private void tick() {
        if (stopped) {
            return;
        }
        long now = timers.nanoTime();
        if (now - lastSign >= SILENCE.toNanos()) {
            watched.dead();
            return;
        }
        if (now - lastAsked >= INTERVAL.toNanos()) {
            lastAsked = now;
            watched.round();
            askAt(now);
        }
        scheduleNext(now);
    }

    private void askAt(long now) {
        if (now - lastSign >= INTERVAL.toNanos()) {
            int before = missed;
            missed = before + 1;
        }
        if (unanswered < MOST_UNANSWERED) {
            unanswered++;
            watched.ask(() -> {
                unanswered--;
                roundTripMillis = (timers.nanoTime() - now) / 1_000_000;
            });
        }
    }

    private void scheduleNext(long now) {
        if (stopped) {
            return;
        }
        long toAsk = lastAsked + INTERVAL.toNanos() - now;
        long toDeath = lastSign + SILENCE.toNanos() - now;
        timer = timers.schedule(loop, Duration.ofNanos(Math.max(1, Math.min(toAsk, toDeath))), this::tick);
    }
}
