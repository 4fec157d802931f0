package sallyport.gateway.cert;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.gateway.directory.Hostname;

/**
 * Which pair serves which name: the exact name before a wildcard, a wildcard for one label alone (RFC 9525 section 6.3), and
 * among equals one that is valid now before one that is not, then the one that lasts longest. Immutable.
 */
record NameIndex(List<PemPair> pairs, Map<String, List<PemPair>> byName) {
    static NameIndex of(List<PemPair> pairs) {
        Map<String, List<PemPair>> byName = new HashMap<>();
        for (PemPair pair : pairs) {
            for (String name : pair.names()) {
                byName.computeIfAbsent(name, key -> new ArrayList<>()).add(pair);
            }
        }
        return new NameIndex(pairs, byName);
    }

    /** A pair that is not valid now is served only when nothing better is there. */
    Optional<ServerCertificate> find(Hostname name, Instant now) {
        List<PemPair> candidates = new ArrayList<>(byName.getOrDefault(name.value(), List.of()));
        Optional<PemPair> exact =
                candidates.stream().filter(pair -> pair.validAt(now)).max(LASTS);
        if (exact.isPresent()) {
            return exact.map(PemPair::certificate);
        }
        name.findParent().ifPresent(parent -> candidates.addAll(byName.getOrDefault("*." + parent.value(), List.of())));
        return candidates.stream()
                .max(Comparator.comparing((PemPair pair) -> pair.validAt(now)).thenComparing(LASTS))
                .map(PemPair::certificate);
    }

    private static final Comparator<PemPair> LASTS = Comparator.comparing(PemPair::expires);
}
