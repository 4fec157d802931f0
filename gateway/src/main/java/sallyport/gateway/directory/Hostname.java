package sallyport.gateway.directory;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A public DNS name in its one canonical form: A-labels (RFC 5890), lower case, no final dot. Every comparison in the
 * gateway (SNI, Host, certificate, route) is made on this form.
 *
 * @param value the canonical name
 * @throws InvalidValue when the text is not a canonical name; use {@link #parse} for what people type
 */
public record Hostname(String value) implements Comparable<Hostname> {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern LAST_LABEL_NUMERIC = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

    public Hostname {
        if (value.length() > 253
                || !NAME.matcher(value).matches()
                || LAST_LABEL_NUMERIC.matcher(value).matches()) {
            throw new InvalidValue(
                    "hostname",
                    "\"" + Printable.shorten(value) + "\" is not a host name",
                    "Use a DNS name such as device.example.com, not an address.");
        }
    }

    /** Folds case, a final dot and Unicode labels into the canonical form. */
    public static Hostname parse(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        try {
            return new Hostname(IDN.toASCII(name).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            if (e instanceof InvalidValue invalid) {
                throw invalid;
            }
            throw new InvalidValue(
                    "hostname",
                    "\"" + Printable.shorten(text) + "\" is not a host name",
                    "Use a DNS name such as device.example.com.");
        }
    }

    /** The name one level up, or null for a single label. */
    public Optional<Hostname> findParent() {
        int dot = value.indexOf('.');
        return dot < 0 ? Optional.empty() : Optional.of(new Hostname(value.substring(dot + 1)));
    }

    /** True when this name lies below {@code domain} (not for the domain itself). */
    public boolean isBelow(Hostname domain) {
        return value.endsWith("." + domain.value);
    }

    @Override
    public int compareTo(Hostname other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
