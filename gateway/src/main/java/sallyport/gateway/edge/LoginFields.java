package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the fields of a login say about its scheme (RFC 9110 section 11). Pure. */
final class LoginFields {
    /** Schemes that log in a connection and not a request (RFC 4559 section 6; NTLM likewise). */
    private static final Set<String> TIED = Set.of("ntlm", "negotiate");

    /** A challenge's scheme stands alone or before a blank; a parameter's name stands before an equals sign. */
    private static final Pattern SCHEME = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \\t]+(?![ \\t=]).*)?");

    private static final Pattern NONCE =
            Pattern.compile("(?:^|[\\s,])nonce[ \\t]*=[ \\t]*\"?([^\",\\s]{1,512})", Pattern.CASE_INSENSITIVE);

    private LoginFields() {}

    /** True when an answer asks for a login that is tied to its connection. */
    static boolean asksForTied(HttpHeaders answer) {
        return schemes(answer).stream().anyMatch(TIED::contains);
    }

    /** True when a request brings a login, or a step of one, that is tied to its connection. */
    static boolean bringsTied(HttpHeaders request) {
        String credentials = request.get(HttpHeaderNames.AUTHORIZATION, "").strip();
        Matcher scheme = SCHEME.matcher(credentials);
        return scheme.matches() && TIED.contains(scheme.group(1).toLowerCase(Locale.ROOT));
    }

    /** The nonce of a request's digest login (RFC 7616 section 3.4). */
    static Optional<String> nonce(HttpHeaders request) {
        String credentials = request.get(HttpHeaderNames.AUTHORIZATION, "");
        return credentials.regionMatches(true, 0, "Digest ", 0, "Digest ".length())
                ? nonces(credentials).stream().findFirst()
                : Optional.empty();
    }

    /** The nonces that an answer gives out (RFC 7616 section 3.3). */
    static List<String> nonces(HttpHeaders answer) {
        return answer.getAll(HttpHeaderNames.WWW_AUTHENTICATE).stream()
                .flatMap(value -> nonces(value).stream())
                .toList();
    }

    private static List<String> nonces(String value) {
        List<String> found = new ArrayList<>();
        Matcher nonce = NONCE.matcher(value);
        while (nonce.find()) {
            found.add(nonce.group(1));
        }
        return found;
    }

    private static List<String> schemes(HttpHeaders answer) {
        List<String> schemes = new ArrayList<>();
        for (String value : answer.getAll(HttpHeaderNames.WWW_AUTHENTICATE)) {
            for (String element : withoutQuoted(value).split(",", -1)) {
                Matcher scheme = SCHEME.matcher(element.strip());
                if (scheme.matches()) {
                    schemes.add(scheme.group(1).toLowerCase(Locale.ROOT));
                }
            }
        }
        return schemes;
    }

    /** A comma or a scheme's name inside of a quoted string means nothing. */
    private static String withoutQuoted(String value) {
        StringBuilder rest = new StringBuilder(value.length());
        boolean quoted = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted) {
                rest.append(c);
            }
        }
        return rest.toString();
    }
}
