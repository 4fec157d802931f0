package sallyport.app;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT, taken as the wish to stop in order, so that the process ends with code 0 and not by the signal. A second
 * one while it stops ends the process at once.
 */
@SuppressWarnings("sunapi") // no supported class hears signals; this one is exported by jdk.unsupported for that
final class StopSignals {
    private static final int KILLED_BY_SIGNAL = 128;

    private final CountDownLatch wanted = new CountDownLatch(1);

    private StopSignals() {}

    static StopSignals listen() {
        StopSignals signals = new StopSignals();
        for (String name : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(name), signals::received);
        }
        return signals;
    }

    private void received(Signal signal) {
        if (wanted.getCount() == 0) {
            Runtime.getRuntime().halt(KILLED_BY_SIGNAL + signal.getNumber());
        }
        wanted.countDown();
    }

    /** Returns when somebody wants the process to stop. */
    void await() throws InterruptedException {
        wanted.await();
    }
}
