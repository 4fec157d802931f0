package sallyport.gateway.directory;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A public DNS name in its one canonical form: A-labels (RFC 5890), lower case, no final dot. Every comparison in the
 * gateway (SNI, Host, certificate, route) is made on this form.
 *
 * <p>What the directory serves may be a wildcard, {@code *.} and a domain, which stands for every name of one more label
 * (RFC 9525 section 6.3). What a visitor asks for never is one: neither SNI nor Host can hold the star.
 *
 * @param value the canonical name
 * @throws InvalidValue when the text is not a canonical name; use {@link #parse} or {@link #parseServed} for what people type
 */
public record Hostname(String value) implements Comparable<Hostname> {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final String WILDCARD = "*.";
    /** What stands where registries sell the names below it, as in {@code co.uk}: a wildcard there is everybody's. */
    private static final Set<String> SOLD_BELOW =
            Set.of("ac", "co", "com", "edu", "go", "gov", "mil", "ne", "net", "or", "org");

    private static final Pattern LAST_LABEL_NUMERIC = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

    public Hostname {
        String name = value.startsWith(WILDCARD) ? value.substring(WILDCARD.length()) : value;
        if (value.length() > 253
                || !NAME.matcher(name).matches()
                || LAST_LABEL_NUMERIC.matcher(name).matches()) {
            throw new InvalidValue(
                    "hostname",
                    "\"" + Printable.shorten(value) + "\" is not a host name",
                    "Use a DNS name such as device.example.com, not an address.");
        }
        if (value.startsWith(WILDCARD) && isSoldBelow(name)) {
            throw new InvalidValue(
                    "hostname",
                    "\"" + Printable.shorten(value) + "\" stands for names of many owners",
                    "Put the star in front of a domain of your own: *.lab.example.com.");
        }
    }

    private static boolean isSoldBelow(String domain) {
        String[] labels = domain.split("\\.", -1);
        boolean country = labels[labels.length - 1].length() == 2;
        return labels.length == 1 || (labels.length == 2 && country && SOLD_BELOW.contains(labels[0]));
    }

    /** Reads a name that is served, which may be a wildcard. */
    public static Hostname parseServed(String text) {
        return text.startsWith(WILDCARD)
                ? new Hostname(WILDCARD + parse(text.substring(WILDCARD.length())).value)
                : parse(text);
    }

    /** Folds case, a final dot and Unicode labels into the canonical form of one name. */
    public static Hostname parse(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        try {
            if (name.indexOf('*') >= 0) {
                throw new IllegalArgumentException(name);
            }
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

    /** True when this stands for all names of one more label than its domain. */
    public boolean isWildcard() {
        return value.startsWith(WILDCARD);
    }

    /** The wildcard that would stand for this name. */
    public Optional<Hostname> findWildcard() {
        int dot = value.indexOf('.');
        String domain = value.substring(dot + 1);
        return dot < 0 || isSoldBelow(domain) ? Optional.empty() : Optional.of(new Hostname(WILDCARD + domain));
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
