package sallyport.gateway.edge;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The front part of an absolute http or https reference, as it stands in Origin, Referer or Location. Relative references
 * have none: they need no rewriting. Pure.
 *
 * @param scheme {@code http} or {@code https}
 * @param host lower case, without a final dot; an IPv6 address in brackets
 * @param port the port that is meant, written or not
 * @param rest path, query and fragment, byte for byte
 */
record WebAddress(String scheme, String host, int port, String rest) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final int LONGEST_HOST = 300;
    /** Browsers take backslashes for slashes, and any number of slashes; user information goes with the host. */
    private static final Pattern START = Pattern.compile(
            "(?:(https?):)?[/\\\\]{2,}(?:[^/\\\\?#@]*@)?(\\[[0-9A-Fa-f:.]{2,45}]|[^/\\\\?#@:\\[\\]]+)(?::(\\d{0,5}))?(.*)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Empty for what is relative, has another scheme, or is no reference. */
    static Optional<WebAddress> parse(String text) {
        Matcher matcher = START.matcher(text);
        if (!matcher.matches() || matcher.group(2).length() > LONGEST_HOST) {
            return Optional.empty();
        }
        String rest = matcher.group(4);
        if (!rest.isEmpty() && "/\\?#".indexOf(rest.charAt(0)) < 0) {
            return Optional.empty();
        }
        String scheme = matcher.group(1) == null ? "https" : matcher.group(1).toLowerCase(Locale.ROOT);
        String host = matcher.group(2).toLowerCase(Locale.ROOT);
        String port = matcher.group(3);
        int number = port == null || port.isEmpty() ? defaultPort(scheme) : Integer.parseInt(port);
        return Optional.of(
                new WebAddress(scheme, host.endsWith(".") ? host.substring(0, host.length() - 1) : host, number, rest));
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("http") ? HTTP : HTTPS;
    }

    boolean hasDefaultPort() {
        return port == defaultPort(scheme);
    }

    /** Host and port as they would stand in a Host field. */
    String authority() {
        return hasDefaultPort() ? host : host + ":" + port;
    }

    /** The same path at another place. */
    String at(String otherScheme, String otherAuthority) {
        return otherScheme + "://" + otherAuthority + rest;
    }
}
