package sallyport.gateway.edge;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host and port of a Host field or an absolute target (RFC 9110 section 7.2).
 *
 * @param host lower case, without a final dot; an address keeps its brackets
 * @param text as it was written
 */
record Authority(String host, String text) {
    private static final Pattern SYNTAX =
            Pattern.compile("([A-Za-z0-9_]([A-Za-z0-9._-]*)|\\[[0-9A-Fa-f:.]+])(:[0-9]{0,5})?");

    /** Empty for what is no authority: user information, blanks, lists, percent signs. */
    static Optional<Authority> parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1).toLowerCase(Locale.ROOT);
        return Optional.of(new Authority(host.endsWith(".") ? host.substring(0, host.length() - 1) : host, text));
    }
}
