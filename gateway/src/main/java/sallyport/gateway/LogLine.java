package sallyport.gateway;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A line of the log as text: time in UTC, level, logger, message. Control characters are written as escapes and a stack
 * trace is indented, so that no text of a peer can forge a line or speak to a terminal. One thread at a time.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        line.append(String.format(Locale.ROOT, " %-5s ", event.getLevel()))
                .append(event.getLoggerName())
                .append(": ");
        escape(event.getFormattedMessage(), line);
        line.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            ThrowableProxyUtil.asString(thrown).lines().forEach(part -> {
                line.append("    ");
                escape(part.replace("\t", "    "), line);
                line.append('\n');
            });
        }
        return line.toString();
    }

    static void escape(String text, StringBuilder to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (safe(c)) {
                to.append(c);
            } else {
                to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
    }

    /** No control (C0, DEL, C1), no line separator, nothing that turns the direction of writing. */
    static boolean safe(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }
}
