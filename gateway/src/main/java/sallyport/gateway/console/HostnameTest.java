package sallyport.gateway.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import sallyport.gateway.console.PageWalk.Landed;
import sallyport.gateway.console.api.HostnameTestAnswer;
import sallyport.gateway.console.api.HostnameTestAnswer.DeviceTlsFacts;
import sallyport.gateway.console.api.HostnameTestAnswer.Finding;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.edge.PageFetch.Page;
import sallyport.gateway.edge.PageFetch.Secured;

/**
 * Walks a device's pages as a visitor of one hostname would, and says what in them fights a proxy. Changes nothing: GET
 * alone, no link that says logout, no login. Blocking; used by one thread.
 */
final class HostnameTest {
    private static final int MAX_PAGES = 8;
    private static final int MAX_SOCKETS = 3;
    private static final int SWITCHING = 101;
    private static final int LONGEST_TEXT = 100;
    private static final String STRANGER = "https://stranger.invalid";

    private final HostnameRoute route;
    private final PageWalk walk;
    private final List<Finding> findings = new ArrayList<>();

    HostnameTest(HostnameRoute route, PageWalk walk) {
        this.route = route;
        this.walk = walk;
    }

    HostnameTestAnswer run() {
        HostnameOptions options = route.options();
        Landed now = walk.land(options);
        redirects(now);
        List<Page> pages = new ArrayList<>(now.chain());
        Set<String> sockets = new LinkedHashSet<>();
        read(options, now, pages, sockets);
        pages.forEach(this::privateAddresses);
        cookies(pages);
        transport(pages);
        sockets.stream().limit(MAX_SOCKETS).forEach(path -> socket(options, path));
        Optional<Secured> tls =
                pages.stream().flatMap(page -> page.tls().stream()).findFirst();
        OptionSearch search =
                new OptionSearch(route, walk, tls.map(Secured::names).orElse(List.of()));
        findings.add(search.hostCheck(now));
        return new HostnameTestAnswer(
                route.hostname().value(),
                now.landing(),
                List.copyOf(findings),
                tls.map(facts -> new DeviceTlsFacts(facts.protocol(), facts.cipher(), facts.fingerprint())),
                search.proposal(now),
                walk.fetches());
    }

    private void redirects(Landed now) {
        if (now.chain().size() > 1 || !now.landing().good()) {
            int hops = now.chain().size();
            add(
                    "redirects",
                    now.landing().good(),
                    "opening / ends " + now.landing().ends() + " after " + hops + (hops == 1 ? " answer" : " answers"),
                    "See the proposal below, if there is one.");
        }
    }

    /** The pages that the landing page names, and the WebSockets in all of them. */
    private void read(HostnameOptions options, Landed now, List<Page> pages, Set<String> sockets) {
        if (now.chain().isEmpty()) {
            return;
        }
        String first = now.chain().getLast().text();
        List<Page> linked = new ArrayList<>();
        PageReading.links(first)
                .distinct()
                .filter(link -> !link.equals(now.target()))
                .limit(MAX_PAGES)
                .forEach(link -> walk.get(options, link, Map.of()).ifPresent(linked::add));
        pages.addAll(linked);
        pages.forEach(page -> PageReading.sockets(page.text()).forEach(sockets::add));
    }

    private void privateAddresses(Page page) {
        PageReading.privateAddresses(page.text())
                .distinct()
                .limit(1)
                .forEach(address -> add(
                        "addresses in pages",
                        false,
                        "a page points to http://" + address + ", which visitors cannot reach",
                        "Set the device's own address or name in its settings; pages are not rewritten."));
    }

    private void cookies(List<Page> pages) {
        Map<String, String> wide = new LinkedHashMap<>();
        pages.stream()
                .flatMap(page -> page.values("Set-Cookie").stream())
                .forEach(cookie -> Stream.of(cookie.split(";"))
                        .map(part -> part.strip().toLowerCase(Locale.ROOT))
                        .filter(part -> part.startsWith("domain="))
                        .forEach(part -> wide.put(name(cookie), part.substring("domain=".length()))));
        wide.forEach((name, domain) -> add(
                "cookies",
                false,
                "the cookie " + name + " is meant for all of " + Printable.clean(domain, LONGEST_TEXT)
                        + "; here it stays with this hostname, elsewhere it would clash with other devices",
                "Nothing to do for visitors by name; on open ports give each device a name of its own."));
    }

    private static String name(String cookie) {
        return Printable.clean(cookie.split("=", 2)[0].strip(), LONGEST_TEXT);
    }

    private void transport(List<Page> pages) {
        pages.stream()
                .flatMap(page -> page.values("Strict-Transport-Security").stream())
                .findFirst()
                .ifPresent(value -> add(
                        "HSTS",
                        true,
                        "it sends \"" + Printable.clean(value, LONGEST_TEXT) + "\"; its reach ends at this hostname",
                        ""));
    }

    private void socket(HostnameOptions options, String path) {
        boolean own = opens(options, path, "https://" + walk.visitorHost());
        boolean strange = opens(options, path, STRANGER);
        String found = own ? "it opens for its own pages" : "it refuses even its own pages";
        add(
                "WebSocket " + Printable.clean(path, LONGEST_TEXT),
                own && !strange,
                found + (strange ? ", and for pages of other sites: it does not check Origin" : ""),
                own
                        ? "Ask the maker to check Origin; until then let only signed-in visitors in."
                        : "It may need a login first, or another Host: --host.");
    }

    private boolean opens(HostnameOptions options, String path, String origin) {
        Map<String, String> handshake = Map.of(
                "Connection", "Upgrade",
                "Upgrade", "websocket",
                "Sec-WebSocket-Version", "13",
                "Sec-WebSocket-Key", "c2FsbHlwb3J0LXRlc3QtMQ==",
                "Origin", origin);
        return walk.get(options, path, handshake)
                .filter(page -> page.status() == SWITCHING)
                .isPresent();
    }

    private void add(String about, boolean good, String found, String remedy) {
        findings.add(new Finding(
                about,
                good ? "ok" : "warning",
                found,
                good || remedy.isEmpty() ? Optional.empty() : Optional.of(remedy)));
    }
}
