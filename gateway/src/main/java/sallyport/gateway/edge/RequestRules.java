package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.Fault;

/**
 * Whether a request may be passed on, by itself: its target and its Host (RFC 9112 section 3.2), and that it has not been
 * here before. Pure.
 */
final class RequestRules {
    private RequestRules() {}

    sealed interface Verdict {
        /**
         * @param target in origin-form (or {@code *}), every byte as the visitor sent it
         * @param host the Host field as the visitor sent it
         */
        record Accepted(String target, String host) implements Verdict {}

        record Rejected(Refusal refusal) implements Verdict {}
    }

    /**
     * Checks a request that came over a connection to {@code served}.
     *
     * @param self the name by which the gateway stands in Via
     */
    static Verdict check(HttpRequest request, Hostname served, String self) {
        if (request.headers().getAll(HttpHeaderNames.VIA).stream().anyMatch(via -> via.contains(self))) {
            return new Verdict.Rejected(Refusal.of(HttpResponseStatus.valueOf(508), Fault.LOOP.problem()));
        }
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (hosts.size() > 1 || (hosts.isEmpty() && !old)) {
            return bad(hosts.isEmpty() ? "no Host" : "more than one Host");
        }
        String host = hosts.isEmpty() ? served.value() : hosts.getFirst();
        Optional<Authority> authority = Authority.parse(host);
        if (authority.isEmpty()) {
            return bad("a Host that is no host");
        }
        if (!authority.get().host().equals(served.value())) {
            return new Verdict.Rejected(
                    Refusal.of(HttpResponseStatus.MISDIRECTED_REQUEST, Fault.MISDIRECTED.problem()));
        }
        return target(request, authority.get());
    }

    private static Verdict target(HttpRequest request, Authority host) {
        String target = request.uri();
        boolean options = request.method().equals(HttpMethod.OPTIONS);
        if (request.method().equals(HttpMethod.CONNECT)) {
            return bad("CONNECT, which asks for a tunnel");
        }
        if (target.startsWith("/") || (target.equals("*") && options)) {
            return new Verdict.Accepted(target, host.text());
        }
        String lower = target.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("https://") ? 8 : lower.startsWith("http://") ? 7 : -1;
        if (start < 0) {
            return bad("a request target that is neither a path nor an address");
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        Optional<Authority> named = Authority.parse(target.substring(start, end));
        if (named.isEmpty() || !named.get().host().equals(host.host())) {
            return bad("a request target that names another host than Host");
        }
        String rest = target.substring(end);
        String path = rest.isEmpty() && options ? "*" : rest.startsWith("/") ? rest : "/" + rest;
        return new Verdict.Accepted(path, host.text());
    }

    private static Verdict bad(String detail) {
        return new Verdict.Rejected(
                Refusal.of(HttpResponseStatus.BAD_REQUEST, Fault.BAD_REQUEST.problem("detail", detail)));
    }
}
