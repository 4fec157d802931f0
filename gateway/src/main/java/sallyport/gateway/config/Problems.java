package sallyport.gateway.config;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/** Collects everything that is wrong, so that a person mends it in one go. */
final class Problems {
    private record Found(Place place, Problem problem) {}

    private final Set<Found> found = new LinkedHashSet<>();

    void syntax(Place place, String detail) {
        found.add(new Found(place, Fault.CONFIG_SYNTAX.problem("place", place, "detail", detail)));
    }

    void syntax(Place place, String detail, String fix) {
        String cause =
                Fault.CONFIG_SYNTAX.problem("place", place, "detail", detail).cause();
        found.add(new Found(place, new Problem(Fault.CONFIG_SYNTAX, cause, fix)));
    }

    void value(Place place, String key, String detail, String fix) {
        found.add(
                new Found(place, Fault.CONFIG_VALUE.problem("place", place, "key", key, "detail", detail, "fix", fix)));
    }

    void value(Place place, String key, InvalidValue invalid) {
        value(place, key, invalid.reason(), invalid.fix());
    }

    /** A key that does not exist in this section ({@code ""}: top of the file). */
    void unknown(Place place, String section, String name) {
        String path = section.isEmpty() ? name : section + "." + name;
        found.add(new Found(
                place,
                Fault.CONFIG_UNKNOWN_KEY.problem(
                        "place", place, "key", Printable.shorten(path), "fix", suggestion(section, name))));
    }

    /** A key that does not exist within a value. */
    void unknownMember(Place place, String path, String fix) {
        found.add(new Found(
                place, Fault.CONFIG_UNKNOWN_KEY.problem("place", place, "key", Printable.shorten(path), "fix", fix)));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    void unreadable(Place place, String detail) {
        found.add(new Found(place, Fault.CONFIG_UNREADABLE.problem("file", place.source(), "detail", detail)));
    }

    List<Problem> inReadingOrder() {
        return found.stream()
                .sorted((a, b) -> a.place().compareTo(b.place()))
                .map(Found::problem)
                .toList();
    }

    private static String suggestion(String section, String name) {
        String prefix = section.isEmpty() ? "" : section + ".";
        Optional<String> near = DidYouMean.find(name, ConfigKey.namesIn(section));
        if (near.isPresent()) {
            return "Did you mean \"" + prefix + near.get() + "\"?";
        }
        List<ConfigKey> elsewhere = Arrays.stream(ConfigKey.values())
                .filter(key -> key.path().equals(name) || key.path().endsWith("." + name))
                .toList();
        return switch (elsewhere.size()) {
            case 1 -> oneElsewhere(elsewhere.getFirst(), name);
            case 2 ->
                "Did you mean \"" + elsewhere.getFirst().path() + "\" or \""
                        + elsewhere.getLast().path() + "\"?";
            default -> "Known keys here: " + String.join(", ", ConfigKey.namesIn(section)) + ".";
        };
    }

    private static String oneElsewhere(ConfigKey key, String name) {
        return key.path().equals(name) ? nesting(key) : "Did you mean \"" + key.path() + "\"? " + nesting(key);
    }

    private static String nesting(ConfigKey key) {
        int dot = key.path().indexOf('.');
        return dot < 0
                ? "It stands at the left margin."
                : "Write `" + key.path().substring(dot + 1) + ":` indented below `"
                        + key.path().substring(0, dot) + ":`.";
    }
}
