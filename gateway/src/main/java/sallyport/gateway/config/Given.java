package sallyport.gateway.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What one source says about one key, not yet understood.
 *
 * @param items the value, or the values of a list
 * @param pairs the PEM pairs of the key that takes them; empty for every other key
 */
record Given(ConfigKey key, Place place, List<Item> items, List<Pair> pairs) {
    /** One value as it was written. */
    record Item(String text, Place place) {}

    /** A certificate file with the file of its key. */
    record Pair(Item certificate, Item key, Place place) {}

    static Given of(ConfigKey key, Place place, List<Item> items) {
        return new Given(key, place, List.copyOf(items), List.of());
    }

    static Given pairs(Place place, List<Pair> pairs) {
        return new Given(ConfigKey.CERTIFICATES, place, List.of(), List.copyOf(pairs));
    }

    Item only() {
        return items.getFirst();
    }

    /** For people; the caller masks secrets. */
    String text() {
        return pairs.isEmpty()
                ? items.stream().map(Item::text).collect(Collectors.joining(", "))
                : pairs.stream()
                        .map(pair ->
                                pair.certificate().text() + " + " + pair.key().text())
                        .collect(Collectors.joining(", "));
    }
}
