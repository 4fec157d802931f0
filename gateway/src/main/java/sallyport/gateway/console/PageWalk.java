package sallyport.gateway.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sallyport.gateway.console.api.HostnameTestAnswer.Fetch;
import sallyport.gateway.console.api.HostnameTestAnswer.Landing;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.edge.PageFetch.Outcome;
import sallyport.gateway.edge.PageFetch.Page;
import sallyport.gateway.edge.Redirect;
import sallyport.gateway.edge.Redirect.Where;
import sallyport.gateway.time.Timers;

/**
 * The requests of one test of a hostname, with their budget: GET alone, so many, so long. Blocking; used by one thread.
 */
final class PageWalk {
    /** So many requests make one test. */
    static final int MAX_REQUESTS = 40;
    /** A test begins no request after this time. */
    static final Duration MAX_TIME = Duration.ofSeconds(30);

    static final int MAX_REDIRECTS = 5;
    private static final int LONGEST_TEXT = 200;

    private final HostnameRoute route;
    private final Port port;
    private final String visitorHost;
    private final DevicePages pages;
    private final Timers timers;
    private final long began;
    private final List<Fetch> fetches = new ArrayList<>();

    PageWalk(HostnameRoute route, Port port, String visitorHost, DevicePages pages, Timers timers) {
        this.route = route;
        this.port = port;
        this.visitorHost = visitorHost;
        this.pages = pages;
        this.timers = timers;
        this.began = timers.nanoTime();
    }

    /** Everything that was asked, in order. */
    List<Fetch> fetches() {
        return List.copyOf(fetches);
    }

    String visitorHost() {
        return visitorHost;
    }

    /** One page under these options; empty when it did not come, or the budget is spent. */
    Optional<Page> get(HostnameOptions options, String target, Map<String, String> more) {
        if (fetches.size() >= MAX_REQUESTS || timers.millisSince(began) > MAX_TIME.toMillis()) {
            return Optional.empty();
        }
        HostnameRoute tried = new HostnameRoute(
                route.hostname(),
                route.device(),
                route.port(),
                route.tls(),
                route.deviceTls(),
                route.automatic(),
                options);
        long started = timers.nanoTime();
        Outcome outcome = pages.get(tried, port, visitorHost, target, more);
        long millis = timers.millisSince(started);
        String request =
                "GET " + Printable.clean(target, LONGEST_TEXT) + (options.set().isEmpty() ? "" : " " + options.set());
        return switch (outcome) {
            case Outcome.Got got -> {
                fetches.add(new Fetch(
                        request,
                        got.page().status(),
                        got.page().redirect().map(redirect -> Printable.clean(redirect.location(), LONGEST_TEXT)),
                        millis,
                        Optional.empty()));
                yield Optional.of(got.page());
            }
            case Outcome.Failed failed -> {
                fetches.add(new Fetch(
                        request,
                        0,
                        Optional.empty(),
                        millis,
                        Optional.of(failed.why().sentence())));
                yield Optional.empty();
            }
        };
    }

    /** The first page with what it redirects to, as a visitor's browser follows it. */
    Landed land(HostnameOptions options) {
        List<Page> chain = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        String target = "/";
        while (seen.add(target) && chain.size() <= MAX_REDIRECTS) {
            Optional<Page> page = get(options, target, Map.of());
            if (page.isEmpty()) {
                return new Landed(chain, target, new Landing(false, 0, "no answer"), Optional.empty());
            }
            chain.add(page.get());
            int status = page.get().status();
            Optional<Redirect> redirect = page.get().redirect().filter(to -> status >= 300 && status < 400);
            if (redirect.isEmpty()) {
                boolean good = status < 300 || status == 401;
                return new Landed(chain, target, new Landing(good, status, "at " + clean(target)), Optional.empty());
            }
            if (redirect.get().where() != Where.HERE) {
                return left(chain, target, status, redirect.get());
            }
            target = redirect.get().target();
        }
        return new Landed(chain, target, new Landing(false, 302, "redirects without end"), Optional.empty());
    }

    private static Landed left(List<Page> chain, String target, int status, Redirect to) {
        boolean dead = to.where() == Where.PRIVATE;
        String ends = (dead ? "in the device's own network: " : "at another site: ") + clean(to.target());
        return new Landed(
                chain, target, new Landing(!dead, status, ends), dead ? Optional.of(to.target()) : Optional.empty());
    }

    private static String clean(String text) {
        return Printable.clean(text, LONGEST_TEXT);
    }

    /**
     * Where a browser ends that opens the hostname.
     *
     * @param chain the answers on the way
     * @param target the last path that was asked for
     * @param landing the end in words
     * @param privateTarget the address in the device's own network that it was sent to
     */
    record Landed(List<Page> chain, String target, Landing landing, Optional<String> privateTarget) {}
}
