package sallyport.gateway;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between those who log and stderr: event loops must not wait for a pipe that nobody reads. Lines that find the queue
 * full are dropped and counted. One daemon thread {@code sallyport-log} formats and writes.
 */
final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** Some seconds of a busy log. */
    static final int LINES = 8192;

    private static final long STOP_MILLIS = 2_000;
    private static final long LOOK_MILLIS = 100;

    private final Encoder<ILoggingEvent> encoder;
    private final OutputStream to;
    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean stopping;

    LogQueue(Encoder<ILoggingEvent> encoder, OutputStream to) {
        this.encoder = encoder;
        this.to = to;
        writer = Thread.ofPlatform().daemon().name("sallyport-log").unstarted(this::write);
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
                    write(encoder.encode(event));
                    reportDropped();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reportDropped() {
        long lines = queue.isEmpty() ? dropped.getAndSet(0) : 0;
        if (lines > 0) {
            write((lines + " lines of the log were dropped: stderr was not read fast enough.\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** JSON escapes line ends itself, but not what makes a terminal act: the same rule holds for both formats. */
    private void write(byte[] line) {
        StringBuilder safe = new StringBuilder(line.length);
        for (String part : new String(line, StandardCharsets.UTF_8).split("\n", 0)) {
            LogLine.escape(part, safe);
            safe.append('\n');
        }
        try {
            to.write(safe.toString().getBytes(StandardCharsets.UTF_8));
            to.flush();
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
