package sallyport.app;

import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM and SIGINT, taken as the wish to stop in order, so that the process ends with code 0 and not by the signal. A second
 * one while it stops ends the process at once.
 */
final class StopSignals {
    private static final int KILLED_BY_SIGTERM = 143;

    private final CountDownLatch wanted = new CountDownLatch(1);

    private StopSignals() {}

    static StopSignals listen() {
        StopSignals signals = new StopSignals();
        ProcessSignal.on("TERM", signals::received);
        ProcessSignal.on("INT", signals::received);
        return signals;
    }

    private void received() {
        if (wanted.getCount() == 0) {
            Runtime.getRuntime().halt(KILLED_BY_SIGTERM);
        }
        wanted.countDown();
    }

    /** Returns when somebody wants the process to stop. */
    void await() throws InterruptedException {
        wanted.await();
    }
}
