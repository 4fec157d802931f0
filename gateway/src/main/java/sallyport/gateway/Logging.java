package sallyport.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.OutputStream;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.LoggerFactory;
import sallyport.gateway.config.GatewayConfig.Log;

/**
 * Sets up the log: text or JSON on stderr, one line an event, never blocking whoever logs. Stdout is not touched: it belongs
 * to the command.
 *
 * <p>It is also what Logback finds as its configuration before {@link #start} (by the service file): warnings on stderr, so
 * that nothing a library says early lands on stdout.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** They tell of peers' doings in their own words, often with a stack trace; our events name what matters. */
    private static final List<String> QUIET = List.of(
            "io.netty",
            "org.eclipse.jetty",
            "io.javalin",
            "org.flywaydb",
            "com.zaxxer.hikari",
            "org.jdbi",
            "org.sqlite",
            "org.postgresql",
            "com.tngtech.archunit");
    /** Its warnings are written by strangers: one for every garbled packet. */
    private static final String SSH_LIBRARY = "org.apache.sshd";

    /** Logs as the configuration says, from now on. */
    public static void start(Log log) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            apply(context, Level.valueOf(log.level().name()), log.format() == Log.Format.JSON, System.err);
            log.access().ifPresent(access -> AccessLogFile.attach(context, access));
        }
    }

    /** Writes what is still queued, for at most 2 s; the last thing before the process ends. */
    public static void stop() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        apply(context, Level.WARN, false, System.err);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void apply(LoggerContext context, Level level, boolean json, OutputStream to) {
        context.reset();
        Encoder<ILoggingEvent> encoder = json ? json() : text();
        encoder.setContext(context);
        encoder.start();
        LogQueue queue = new LogQueue("stderr", new LogStream(encoder, to));
        queue.setContext(context);
        queue.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(queue);
        QUIET.forEach(name -> context.getLogger(name).setLevel(level == Level.ERROR ? level : Level.WARN));
        context.getLogger(SSH_LIBRARY).setLevel(Level.ERROR);
    }

    private static Encoder<ILoggingEvent> text() {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setLayout(new LogLine());
        return encoder;
    }

    private static Encoder<ILoggingEvent> json() {
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setTimeZone("UTC");
        encoder.getFieldNames().setLevelValue("[ignore]");
        encoder.getFieldNames().setVersion("[ignore]");
        return encoder;
    }
}
