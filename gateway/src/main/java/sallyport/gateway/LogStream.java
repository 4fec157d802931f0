package sallyport.gateway;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Lines of the log on a stream such as stderr. One thread at a time. */
final class LogStream implements LogQueue.Sink {
    private final Encoder<ILoggingEvent> encoder;
    private final OutputStream to;

    LogStream(Encoder<ILoggingEvent> encoder, OutputStream to) {
        this.encoder = encoder;
        this.to = to;
    }

    /** JSON escapes line ends itself, but not what makes a terminal act: the same rule holds for all formats. */
    @Override
    public void write(ILoggingEvent event) throws IOException {
        StringBuilder safe = new StringBuilder();
        for (String part : new String(encoder.encode(event), StandardCharsets.UTF_8).split("\n", 0)) {
            LogLine.escape(part, safe);
            safe.append('\n');
        }
        to.write(safe.toString().getBytes(StandardCharsets.UTF_8));
        to.flush();
    }

    @Override
    public void lost(long lines) throws IOException {
        to.write((lines + " lines of the log were dropped: what reads them was not fast enough.\n")
                .getBytes(StandardCharsets.US_ASCII));
        to.flush();
    }
}
