package sallyport.gateway.edge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What one proxy wrote into {@code Forwarded} (RFC 7239 section 4). Pure.
 *
 * @param parameters by their names in lower case
 */
record ForwardedElement(Map<String, String> parameters) {
    ForwardedElement {
        parameters = Map.copyOf(parameters);
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** All elements in their order; what is no element is one that says nothing. */
    static List<ForwardedElement> parse(List<String> lines) {
        List<ForwardedElement> elements = new ArrayList<>();
        for (String line : lines) {
            for (String element : split(line, ',')) {
                elements.add(element(element));
            }
        }
        return elements;
    }

    private static ForwardedElement element(String text) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : split(text, ';')) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                return new ForwardedElement(Map.of());
            }
            String name = pair.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            if (parameters.put(name, unquoted(pair.substring(equals + 1).strip())) != null) {
                return new ForwardedElement(Map.of());
            }
        }
        return new ForwardedElement(parameters);
    }

    /** At the separators that stand outside quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quoted && c == '\\') {
                at++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, at));
                start = at + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }
}
