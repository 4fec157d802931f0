package sallyport.gateway.directory;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a device: one lower-case DNS label, so that {@code NAME.domain} is always a hostname (RFC 1123 section 2.1).
 *
 * @param value 1 to 63 characters {@code a-z 0-9 -}, not starting or ending with a hyphen, none of the reserved words
 * @throws InvalidValue when the name is not such a label or is reserved
 */
public record DeviceName(String value) implements Comparable<DeviceName> {
    /** Names that browsers, mail programs or the gateway itself give a meaning of their own. */
    public static final Set<String> RESERVED =
            Set.of("console", "login", "auth", "www", "mail", "wpad", "autodiscover", "mta-sts");

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public DeviceName {
        if (!LABEL.matcher(value).matches()) {
            throw new InvalidValue(
                    "name",
                    "\"" + Printable.shorten(value) + "\" is not a device name",
                    "Use 1 to 63 lower-case letters, digits and hyphens, no hyphen first or last; free text goes into --title.");
        }
        if (RESERVED.contains(value)) {
            throw new InvalidValue("name", "the name \"" + value + "\" is reserved", "Choose another name.");
        }
    }

    @Override
    public int compareTo(DeviceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
