package sallyport.gateway;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.config.GatewayConfig.AccessLog;
import sallyport.gateway.event.AccessFields;

/**
 * The access log apart from the other lines: a file of its own that is rotated every day and when it is full, or stdout. A
 * slow disk costs lines, which are counted in the other log, never a visitor's time.
 */
final class AccessLogFile implements LogQueue.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogFile.class);

    private final RollingFileAppender<ILoggingEvent> file;

    private AccessLogFile(RollingFileAppender<ILoggingEvent> file) {
        this.file = file;
    }

    /** From now on lines of the access log go there and nowhere else. */
    static void attach(LoggerContext context, AccessLog settings) {
        Encoder<ILoggingEvent> encoder = switch (settings.format()) {
            case JSON -> json();
            case COMBINED -> combined();
        };
        encoder.setContext(context);
        encoder.start();
        LogQueue queue = new LogQueue(
                "access",
                settings.file()
                        .<LogQueue.Sink>map(path -> new AccessLogFile(rolling(context, settings, path, encoder)))
                        .orElseGet(() -> new LogStream(encoder, System.out)));
        queue.setContext(context);
        queue.start();
        context.getLogger(AccessFields.LOGGER).setAdditive(false);
        context.getLogger(AccessFields.LOGGER).addAppender(queue);
    }

    private static RollingFileAppender<ILoggingEvent> rolling(
            LoggerContext context, AccessLog settings, Path path, Encoder<ILoggingEvent> encoder) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setName("access-file");
        appender.setFile(path.toString());
        appender.setEncoder(encoder);
        SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(path + ".%d{yyyy-MM-dd}.%i.gz");
        policy.setMaxFileSize(new FileSize(settings.maxBytes()));
        policy.setTotalSizeCap(new FileSize(settings.maxBytes() * settings.keep()));
        policy.setMaxHistory(settings.keep());
        policy.start();
        appender.setRollingPolicy(policy);
        appender.start();
        return appender;
    }

    private static Encoder<ILoggingEvent> json() {
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setTimeZone("UTC");
        var names = encoder.getFieldNames();
        names.setTimestamp("time");
        names.setMessage("[ignore]");
        names.setLogger("[ignore]");
        names.setThread("[ignore]");
        names.setLevel("[ignore]");
        names.setLevelValue("[ignore]");
        names.setVersion("[ignore]");
        return encoder;
    }

    private static Encoder<ILoggingEvent> combined() {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(new CombinedLine());
        return encoder;
    }

    @Override
    public void write(ILoggingEvent line) {
        file.doAppend(line);
    }

    @Override
    public void lost(long lines) {
        LOG.warn("{} lines of the access log were dropped: the disk was not fast enough.", lines);
    }
}
