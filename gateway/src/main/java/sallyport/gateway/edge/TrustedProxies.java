package sallyport.gateway.edge;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import sallyport.gateway.directory.Cidr;

/**
 * The HTTP proxies that an operator put in front, and whose word about their visitors is taken. Pure.
 *
 * <p>Each proxy of a chain adds whom it was asked by at the end, so the list is read from there, and only as far as those who
 * wrote it are trusted: what a visitor itself sends stands before that. One header is believed, the one that the operator's
 * proxies write; a visitor's own spelling of the other would pass through them untouched.
 *
 * @param from their addresses
 * @param style which header they write
 */
public record TrustedProxies(List<Cidr> from, Style style) {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Nobody's word. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of(), Style.X_FORWARDED);

    /** How a proxy tells. */
    public enum Style {
        /** {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
        X_FORWARDED,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    public TrustedProxies {
        from = List.copyOf(from);
    }

    /** True when the other end of a connection is one of them. */
    boolean include(InetAddress peer) {
        return from.stream().anyMatch(network -> network.contains(peer));
    }

    /** Who asks, by the word of the proxy at the other end of the connection. */
    Introduction introduce(InetSocketAddress proxy, HttpHeaders fields) {
        return style == Style.FORWARDED ? byForwarded(proxy, fields) : byOlderFields(proxy, fields);
    }

    private Introduction byForwarded(InetSocketAddress proxy, HttpHeaders fields) {
        Introduction told = Introduction.nobody(proxy);
        for (ForwardedElement element :
                ForwardedElement.parse(fields.getAll("Forwarded")).reversed()) {
            Optional<InetSocketAddress> asked = element.find("for").flatMap(Introduction::address);
            if (asked.isEmpty() || !include(told.visitor().getAddress())) {
                break;
            }
            told = new Introduction(asked.get(), scheme(element.find("proto")), element.find("host"));
        }
        return told;
    }

    private Introduction byOlderFields(InetSocketAddress proxy, HttpHeaders fields) {
        InetSocketAddress visitor = proxy;
        for (String entry : entries(fields.getAll("X-Forwarded-For")).reversed()) {
            Optional<InetSocketAddress> asked = Introduction.address(entry);
            if (asked.isEmpty() || !include(visitor.getAddress())) {
                break;
            }
            visitor = asked.get();
        }
        return new Introduction(visitor, scheme(only(fields, "X-Forwarded-Proto")), only(fields, "X-Forwarded-Host"));
    }

    private static List<String> entries(List<String> lines) {
        List<String> entries = new ArrayList<>();
        lines.forEach(
                line -> Arrays.stream(line.split(",", -1)).map(String::strip).forEach(entries::add));
        return entries;
    }

    /** Several values are several stories. */
    private static Optional<String> only(HttpHeaders fields, String name) {
        List<String> values = fields.getAll(name);
        return values.size() == 1 && values.getFirst().indexOf(',') < 0
                ? Optional.of(values.getFirst())
                : Optional.empty();
    }

    private static Optional<String> scheme(Optional<String> told) {
        return told.map(scheme -> scheme.toLowerCase(Locale.ROOT)).filter(SCHEMES::contains);
    }
}
