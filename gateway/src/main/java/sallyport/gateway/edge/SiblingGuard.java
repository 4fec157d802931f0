package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps what a device says within its own origin. Devices share a domain, often one that no public suffix list knows, so a
 * browser would let one set cookies for all, switch all to https for ever, or sign everybody out. Always in force; pure.
 *
 * <ul>
 *   <li>Set-Cookie: without Domain, a cookie goes back to this hostname alone (RFC 6265 section 5.3); with Secure, never over
 *       plain HTTP: the hostname has no other than a redirect.
 *   <li>Strict-Transport-Security: without includeSubDomains and preload (RFC 6797 section 6.1).
 *   <li>Clear-Site-Data: what concerns the origin stays; cookies would be those of the whole registrable domain.
 *   <li>Alt-Svc and NEL go: they lead around the gateway, or make browsers report on other names.
 * </ul>
 *
 * <p>Scripts of a page set cookies without any header; against those only a domain on the public suffix list helps.
 */
final class SiblingGuard {
    private static final Set<String> OF_ORIGIN = Set.of("\"cache\"", "\"storage\"", "\"executioncontexts\"");

    private SiblingGuard() {}

    static void limit(HttpHeaders fields) {
        rewrite(fields, "Set-Cookie", SiblingGuard::ownCookie);
        rewrite(fields, "Strict-Transport-Security", SiblingGuard::ownTransport);
        rewrite(fields, "Clear-Site-Data", SiblingGuard::ownData);
        fields.remove("Alt-Svc");
        fields.remove("NEL");
    }

    private interface Limit {
        /** What remains of a value; empty: nothing. */
        String of(String value);
    }

    private static void rewrite(HttpHeaders fields, String name, Limit limit) {
        List<String> values = fields.getAll(name);
        if (values.isEmpty()) {
            return;
        }
        List<String> own =
                values.stream().map(limit::of).filter(value -> !value.isEmpty()).toList();
        fields.remove(name);
        fields.add(name, own);
    }

    private static String ownCookie(String value) {
        int end = value.indexOf(';');
        String pair = end < 0 ? value : value.substring(0, end);
        String attributes = end < 0 ? "" : value.substring(end);
        String kept = parts(attributes, ";")
                .filter(attribute -> !word(attribute).equals("domain") && !attribute.isBlank())
                .collect(Collectors.joining(";"));
        boolean secure = parts(kept, ";").anyMatch(attribute -> word(attribute).equals("secure"));
        return pair + (kept.isEmpty() ? "" : ";" + kept) + (secure ? "" : "; Secure");
    }

    private static String ownTransport(String value) {
        return parts(value, ";")
                .filter(directive -> !word(directive).equals("includesubdomains")
                        && !word(directive).equals("preload"))
                .collect(Collectors.joining(";"));
    }

    private static String ownData(String value) {
        return parts(value, ",")
                .map(String::strip)
                .flatMap(type ->
                        type.equals("\"*\"") ? List.of("\"cache\"", "\"storage\"").stream() : List.of(type).stream())
                .filter(type -> OF_ORIGIN.contains(type.toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining(", "));
    }

    private static Stream<String> parts(String value, String separator) {
        return Arrays.stream(value.split(separator, -1));
    }

    /** The name in front of an equals sign, as browsers compare it. */
    private static String word(String attribute) {
        int equals = attribute.indexOf('=');
        String name = equals < 0 ? attribute : attribute.substring(0, equals);
        return name.strip().toLowerCase(Locale.ROOT);
    }
}
