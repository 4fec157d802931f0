package sallyport.gateway.console;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What stands in the text of a page or script: enough to find a device's other pages and its WebSockets. Pure. */
final class PageReading {
    private static final Pattern LINK =
            Pattern.compile("(?:href|src|action)\\s*=\\s*[\"']([^\"'#<>\\s]{1,500})", Pattern.CASE_INSENSITIVE);
    private static final Pattern SOCKET = Pattern.compile(
            "wss?://[^\"'`/\\s]*(/[^\"'`\\s]{0,300})|new\\s+WebSocket\\s*\\(.{0,200}?[\"'`](/[^\"'`\\s]{0,300})",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PRIVATE_ADDRESS = Pattern.compile(
            "\\bhttps?://(10(?:\\.\\d{1,3}){3}|192\\.168(?:\\.\\d{1,3}){2}|172\\.(?:1[6-9]|2\\d|3[01])(?:\\.\\d{1,3}){2})\\b");
    private static final List<String> NOT_READ =
            List.of(".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".woff", ".woff2", ".pdf", ".zip", ".mp4");

    private PageReading() {}

    /** Paths of the same hostname that hold text, in the order of the page. Only GET follows them. */
    static Stream<String> links(String text) {
        return LINK.matcher(text)
                .results()
                .map(found -> found.group(1))
                .filter(link -> !link.contains(":") && !link.startsWith("//"))
                .map(link -> link.startsWith("/") ? link : "/" + link.replaceFirst("^(\\./)+", ""))
                .filter(link -> !link.toLowerCase(Locale.ROOT).contains("logout"))
                .filter(link -> NOT_READ.stream().noneMatch(link.toLowerCase(Locale.ROOT)::endsWith));
    }

    /** Paths of WebSockets that a script opens. */
    static Stream<String> sockets(String text) {
        return SOCKET.matcher(text).results().map(PageReading::firstGroup);
    }

    private static String firstGroup(MatchResult found) {
        return found.group(1) == null ? found.group(2) : found.group(1);
    }

    /** Addresses of private networks that a page points to. */
    static Stream<String> privateAddresses(String text) {
        return PRIVATE_ADDRESS.matcher(text).results().map(found -> found.group(1));
    }
}
