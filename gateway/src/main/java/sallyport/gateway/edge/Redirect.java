package sallyport.gateway.edge;

import java.net.URI;
import java.util.Optional;

/**
 * Where an answer of a device sends its visitor.
 *
 * @param location as the visitor gets it
 * @param target the path to ask for next when it leads here, else the place that it leads to
 */
public record Redirect(String location, Where where, String target) {
    /** Whether a visitor gets there. */
    public enum Where {
        /** The same hostname. */
        HERE,
        /** The device's own network, where no visitor gets. */
        PRIVATE,
        /** Some other site. */
        ELSEWHERE
    }

    /** Reads a Location that answered {@code from} at {@code visitorHost}. */
    static Redirect of(String location, String visitorHost, String from) {
        Optional<WebAddress> address = WebAddress.parse(location);
        if (address.isEmpty()) {
            return new Redirect(location, Where.HERE, resolve(from, location));
        }
        WebAddress there = address.get();
        boolean here = WebAddress.parse("https://" + visitorHost)
                .map(own -> own.host().equals(there.host()) && own.port() == there.port())
                .orElse(false);
        if (here) {
            return new Redirect(location, Where.HERE, path(there.rest()));
        }
        return new Redirect(
                location, DeadEnds.isPrivate(there.host()) ? Where.PRIVATE : Where.ELSEWHERE, there.authority());
    }

    private static String resolve(String from, String location) {
        int query = from.indexOf('?');
        if (location.startsWith("?")) {
            return path((query < 0 ? from : from.substring(0, query)) + location);
        }
        try {
            String path = URI.create(from).resolve(location).toString();
            return path(path.replaceFirst("^(/\\.\\.)+(?=/)", ""));
        } catch (IllegalArgumentException e) {
            return "/";
        }
    }

    /** A request target: a path, without the fragment. */
    private static String path(String rest) {
        int fragment = rest.indexOf('#');
        String sent = fragment < 0 ? rest : rest.substring(0, fragment);
        return sent.startsWith("/") ? sent : "/" + sent;
    }
}
