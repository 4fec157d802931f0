package sallyport.gateway.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import sallyport.gateway.console.PageWalk.Landed;
import sallyport.gateway.console.api.HostnameTestAnswer.Finding;
import sallyport.gateway.console.api.HostnameTestAnswer.Proposal;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnamePreset;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;

/**
 * Tries what usually helps, gentlest first, until a visitor lands on a page: names mapped back, nothing about visitors, another
 * Host. Blocking; used by one thread.
 */
final class OptionSearch {
    private static final String DEVICE_NAMES = "device-names";
    private static final String HOST = "host";
    private static final int MAX_NAMES = 2;

    private final HostnameRoute route;
    private final PageWalk walk;
    private final List<String> certificateNames;

    OptionSearch(HostnameRoute route, PageWalk walk, List<String> certificateNames) {
        this.route = route;
        this.walk = walk;
        this.certificateNames = certificateNames.stream()
                .filter(name -> !name.startsWith("*"))
                .limit(MAX_NAMES)
                .toList();
    }

    /** Whether the device answers a visitor's Host otherwise than its own. */
    Finding hostCheck(Landed now) {
        if (now.landing().good()) {
            return new Finding("Host", "ok", "the device serves pages under this hostname", Optional.empty());
        }
        return new Finding(
                "Host",
                "warning",
                "under this hostname the device serves no page (status "
                        + now.landing().status() + ")",
                Optional.of("See the proposal below; without one, look at the device's list of allowed hosts."));
    }

    /** The first set of options under which a visitor lands well. */
    Optional<Proposal> proposal(Landed now) {
        if (now.landing().good()) {
            return Optional.empty();
        }
        for (Candidate candidate : candidates(now)) {
            Optional<HostnameOptions> options = options(candidate);
            Optional<Landed> after =
                    options.map(walk::land).filter(landed -> landed.landing().good());
            if (after.isPresent()) {
                return Optional.of(new Proposal(
                        candidate.preset().word(),
                        candidate.more(),
                        command(candidate),
                        now.landing(),
                        after.get().landing()));
            }
        }
        return Optional.empty();
    }

    private record Candidate(HostnamePreset preset, Map<String, String> more) {}

    private List<Candidate> candidates(Landed now) {
        List<Candidate> candidates = new ArrayList<>();
        now.privateTarget().ifPresent(target -> {
            candidates.add(new Candidate(HostnamePreset.STANDARD, Map.of(DEVICE_NAMES, target)));
            candidates.add(new Candidate(HostnamePreset.STANDARD, ordered(HOST, target, DEVICE_NAMES, target)));
        });
        candidates.add(new Candidate(HostnamePreset.HIDDEN, Map.of()));
        certificateNames.forEach(name -> candidates.add(new Candidate(HostnamePreset.STANDARD, Map.of(HOST, name))));
        candidates.add(new Candidate(HostnamePreset.LOCAL, Map.of()));
        return candidates;
    }

    private static Map<String, String> ordered(String key, String value, String otherKey, String otherValue) {
        Map<String, String> both = new LinkedHashMap<>();
        both.put(key, value);
        both.put(otherKey, otherValue);
        return both;
    }

    /** Empty when the device's names are none. */
    private Optional<HostnameOptions> options(Candidate candidate) {
        Map<String, Optional<String>> changes = new TreeMap<>(candidate.preset().changes());
        candidate.more().forEach((key, value) -> changes.put(key, Optional.of(value)));
        try {
            return Optional.of(route.options().changed(changes));
        } catch (InvalidValue e) {
            return Optional.empty();
        }
    }

    private String command(Candidate candidate) {
        return "sallyport hostname set " + route.hostname() + " --preset "
                + candidate.preset().word()
                + candidate.more().entrySet().stream()
                        .map(option -> " --" + option.getKey() + " " + option.getValue())
                        .collect(Collectors.joining());
    }
}
