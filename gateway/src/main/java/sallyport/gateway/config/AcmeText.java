package sallyport.gateway.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;

/** Reads single values of the section {@code acme}. Pure; what cannot be is an {@link InvalidValue} with cause and fix. */
final class AcmeText {
    static final String CHALLENGES = "tls-alpn-01, http-01, dns-01";

    private static final String LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
    private static final String STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory";
    private static final Pattern EMAIL = Pattern.compile("[^\\s@,?:<>\"]{1,64}@[^\\s@,?:<>\"]{1,190}");
    private static final Pattern DNS_NAME = Pattern.compile("([A-Za-z0-9_-]{1,63}\\.)*[A-Za-z0-9_-]{1,63}\\.?");
    private static final Pattern SERVER = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^\\s:\\[\\]]+))(?::(\\d{1,5}))?");
    private static final int MIN_BINDING_KEY = 32;
    private static final int DNS_PORT = 53;
    private static final int MAX_WAIT = 3600;

    private AcmeText() {}

    /** A word for a well-known authority, or the URL of a directory. */
    static URI directory(String text) {
        return switch (text) {
            case "letsencrypt" -> URI.create(LETS_ENCRYPT);
            case "letsencrypt-staging" -> URI.create(STAGING);
            default -> url(text);
        };
    }

    /** HTTPS, because accounts and tokens travel to it. */
    static URI url(String text) {
        try {
            URI url = new URI(text);
            if ("https".equals(url.getScheme()) && url.getHost() != null && url.getUserInfo() == null) {
                return text.endsWith("/") ? new URI(text.substring(0, text.length() - 1)) : url;
            }
        } catch (URISyntaxException e) {
            // the sentence below says it
        }
        throw invalid(quoted(text) + " is not an https URL", "Write the whole URL: https://HOST/PATH.");
    }

    static String email(String text) {
        if (!EMAIL.matcher(text).matches()) {
            throw invalid(quoted(text) + " is not a mail address", "Write one address, such as ops@example.com.");
        }
        return text;
    }

    static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(quoted(text) + " is neither true nor false", "Write true or false.");
        };
    }

    /** Kept as text: only that it can be decoded is found out here. The text is a secret and is never quoted. */
    static String base64Url(String text) {
        try {
            if (Base64.getUrlDecoder().decode(text).length >= MIN_BINDING_KEY) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // the sentence below says it
        }
        throw invalid(
                "this is not base64url of at least " + MIN_BINDING_KEY + " bytes",
                "Copy the key as the certificate authority shows it.");
    }

    static ChallengeType challenge(String text) {
        return choice(text, ChallengeType.values(), ChallengeType::word);
    }

    /** One of some words. */
    static <T> T choice(String text, T[] all, Function<T, String> word) {
        List<String> words = Arrays.stream(all).map(word).toList();
        int index = words.indexOf(text);
        if (index >= 0) {
            return all[index];
        }
        String near = DidYouMean.find(text, words)
                .map(candidate -> "Did you mean " + candidate + "? ")
                .orElse("");
        throw invalid(quoted(text) + " is none of " + String.join(", ", words), near + "Write one of these words.");
    }

    /** {@code ns1.example.com}, {@code 192.0.2.1:5353}, {@code [2001:db8::1]:53}; looked up when it is used. */
    static InetSocketAddress server(String text) {
        Matcher matcher = SERVER.matcher(text);
        if (!matcher.matches()) {
            throw invalid(quoted(text) + " is not a server", "Write HOST or HOST:PORT.");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        int port = matcher.group(3) == null ? DNS_PORT : ValueText.port(matcher.group(3), 1);
        return InetSocketAddress.createUnresolved(host, port);
    }

    /** Without a final dot. */
    static String dnsName(String text) {
        if (!DNS_NAME.matcher(text).matches()) {
            throw invalid(quoted(text) + " is not a DNS name", "Write a name such as example.com.");
        }
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    static Duration seconds(String text) {
        int seconds = text.matches("\\d{1,4}") ? Integer.parseInt(text) : MAX_WAIT + 1;
        if (seconds > MAX_WAIT) {
            throw invalid(quoted(text) + " is not a number of seconds", "Write a number from 0 to " + MAX_WAIT + ".");
        }
        return Duration.ofSeconds(seconds);
    }

    private static InvalidValue invalid(String reason, String fix) {
        return new InvalidValue("value", reason, fix);
    }

    private static String quoted(String text) {
        return "\"" + Printable.shorten(text) + "\"";
    }
}
