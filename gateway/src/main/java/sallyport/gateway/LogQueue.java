package sallyport.gateway;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between those who log and where it goes: event loops must not wait for a pipe that nobody reads or a full disk. Lines that find the queue
 * full are dropped and counted. One daemon thread {@code sallyport-log-NAME} formats and writes.
 */
final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** Some seconds of a busy log. */
    static final int LINES = 8192;

    private static final long STOP_MILLIS = 2_000;
    private static final long LOOK_MILLIS = 100;

    /** Where lines end up; for the queue's thread. */
    interface Sink {
        void write(ILoggingEvent line) throws IOException;

        /** Lines were lost because this was too slow. */
        void lost(long lines) throws IOException;
    }

    private final Sink sink;
    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean stopping;

    /** @param name what the lines go to */
    LogQueue(String name, Sink sink) {
        this.sink = sink;
        setName(name);
        writer = Thread.ofPlatform().daemon().name("sallyport-log-" + name).unstarted(this::write);
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        if (!queue.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        try {
            while (!stopping || !queue.isEmpty()) {
                ILoggingEvent event = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (event != null) {
                    write(event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(ILoggingEvent event) {
        try {
            sink.write(event);
            long lines = queue.isEmpty() ? dropped.getAndSet(0) : 0;
            if (lines > 0) {
                sink.lost(lines);
            }
        } catch (IOException e) {
            dropped.incrementAndGet(); // nobody is left to tell
        }
    }

    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        stopping = true;
        try {
            writer.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
