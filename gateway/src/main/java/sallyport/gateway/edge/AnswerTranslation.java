package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first step of every head of a device's answer: its own names become the visitor's in Location (RFC 9110 section
 * 10.2.2), Content-Location and Refresh, and what reaches beyond its own origin is limited ({@link SiblingGuard}). A redirect
 * to an address that no visitor can reach is passed on, but told to the operator.
 */
final class AnswerTranslation {
    private static final Pattern REFRESH =
            Pattern.compile("(\\s*[\\d.]+\\s*[;,]?\\s*(?:url\\s*=\\s*)?['\"]?)([^'\"]+)(.*)", Pattern.CASE_INSENSITIVE);

    private AnswerTranslation() {}

    static void apply(Exchange exchange, Front front, HttpObject part) {
        SpokenNames names = exchange.names;
        if (names == null || !(part instanceof HttpResponse head)) {
            return;
        }
        HttpHeaders fields = head.headers();
        translate(fields, "Location", names);
        translate(fields, "Content-Location", names);
        SiblingGuard.limit(fields);
        front.deadEnds().look(names.route(), fields.get(HttpHeaderNames.LOCATION));
        front.deadEnds().look(names.route(), refresh(fields, names));
    }

    private static void translate(HttpHeaders fields, String name, SpokenNames names) {
        List<String> values = fields.getAll(name);
        if (!values.isEmpty()) {
            fields.set(name, values.stream().map(names::toVisitor).toList());
        }
    }

    /** Where it leads, as the visitor gets it; null when it leads nowhere else. */
    private static @Nullable String refresh(HttpHeaders fields, SpokenNames names) {
        String value = fields.get("Refresh");
        Matcher matcher = REFRESH.matcher(value == null ? "" : value);
        if (!matcher.matches()) {
            return null;
        }
        String target = names.toVisitor(matcher.group(2));
        fields.set("Refresh", matcher.group(1) + target + matcher.group(3));
        return target;
    }
}
