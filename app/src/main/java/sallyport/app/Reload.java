package sallyport.app;

import sun.misc.Signal;

/** SIGHUP, taken as the wish to read the configuration again. */
@SuppressWarnings("sunapi") // no supported class hears signals; this one is exported by jdk.unsupported for that
final class Reload {
    private Reload() {}

    /** Runs {@code task} on a virtual thread at every SIGHUP from now on. */
    static void on(Runnable task) {
        Signal.handle(
                new Signal("HUP"),
                signal -> Thread.ofVirtual().name("sallyport-reload").start(task));
    }
}
