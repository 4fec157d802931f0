package sallyport.gateway;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;
import sallyport.gateway.event.AccessFields;

/**
 * A request in the "combined" format of web servers, which log analysers read. Raw connections have no place in it. One
 * thread at a time.
 */
final class CombinedLine extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    @Override
    public String doLayout(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        Map<String, String> fields = (pairs == null ? List.<KeyValuePair>of() : pairs)
                .stream().collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value), (a, _) -> a));
        if (!fields.containsKey(AccessFields.METHOD)) {
            return "";
        }
        String from = fields.getOrDefault(AccessFields.FROM, "-");
        int port = from.lastIndexOf(':');
        String address =
                (port < 0 ? from : from.substring(0, port)).replace("[", "").replace("]", "");
        return "%s - - [%s] \"%s %s %s\" %s %s \"%s\" \"%s\"%n"
                .formatted(
                        address,
                        TIME.format(Instant.ofEpochMilli(event.getTimeStamp())),
                        quoted(fields, AccessFields.METHOD),
                        quoted(fields, AccessFields.TARGET),
                        quoted(fields, AccessFields.PROTOCOL),
                        fields.get(AccessFields.STATUS),
                        fields.get(AccessFields.BYTES_OUT),
                        quoted(fields, AccessFields.REFERER),
                        quoted(fields, AccessFields.USER_AGENT));
    }

    private static String quoted(Map<String, String> fields, String name) {
        String text = fields.getOrDefault(name, "");
        StringBuilder safe = new StringBuilder();
        LogLine.escape(text.isEmpty() ? "-" : text.replace("\\", "\\\\").replace("\"", "\\\""), safe);
        return safe.toString();
    }
}
