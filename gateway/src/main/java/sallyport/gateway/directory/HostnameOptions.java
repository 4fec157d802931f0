package sallyport.gateway.directory;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The options of one hostname: what an operator set, and the default of everything else. Immutable; values are read once,
 * so that the data plane takes them ready made.
 */
public final class HostnameOptions {
    /** Nothing is set. */
    public static final HostnameOptions DEFAULTS = of(Map.of());

    private final SortedMap<String, String> set;
    private final List<Object> values;

    private HostnameOptions(SortedMap<String, String> set) {
        this.set = Collections.unmodifiableSortedMap(set);
        this.values = HostnameOption.all().stream()
                .map(option -> readOrDefault(option, set))
                .toList();
    }

    private static Object readOrDefault(HostnameOption<?> option, Map<String, String> set) {
        String text = set.get(option.key());
        return Objects.requireNonNull(text == null ? option.defaultValue() : option.read(text));
    }

    /**
     * Options of which these are set.
     *
     * @throws InvalidValue when a key or a text is wrong
     */
    public static HostnameOptions of(Map<String, String> texts) {
        SortedMap<String, String> set = new TreeMap<>();
        texts.forEach((key, text) -> set.put(key, HostnameOption.require(key).canonical(text)));
        return new HostnameOptions(set);
    }

    /** These options with some set to another text, or reset where there is none. */
    public HostnameOptions changed(Map<String, Optional<String>> changes) {
        Map<String, String> next = new TreeMap<>(set);
        changes.forEach((key, text) -> {
            String known = HostnameOption.require(key).key();
            text.ifPresentOrElse(value -> next.put(known, value), () -> next.remove(known));
        });
        return of(next);
    }

    /** The value of an option, set or default. */
    @SuppressWarnings("unchecked") // the list was filled by the option itself, at its own index
    public <T> T value(HostnameOption<T> option) {
        return (T) values.get(option.index());
    }

    /** What is set, by key, in canonical text. */
    public SortedMap<String, String> set() {
        return set;
    }

    /** Every option with the text of its value, in the order of their declaration. */
    public Map<String, String> effective() {
        Map<String, String> all = new LinkedHashMap<>();
        HostnameOption.all()
                .forEach(option -> all.put(option.key(), set.getOrDefault(option.key(), option.defaultText())));
        return all;
    }

    /** True when connections that began under {@code before} may live on. */
    public boolean keepConnectionsOf(HostnameOptions before) {
        return HostnameOption.all().stream()
                .filter(HostnameOption::forConnections)
                .allMatch(option -> value(option).equals(before.value(option)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostnameOptions options && set.equals(options.set);
    }

    @Override
    public int hashCode() {
        return set.hashCode();
    }

    @Override
    public String toString() {
        return set.toString();
    }
}
