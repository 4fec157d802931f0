package sallyport.gateway.directory;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Options that go together, under one name. A preset sets all of its options; what is given besides wins. */
public enum HostnamePreset {
    /** The device sees the visitor's Host and who the visitor is. */
    STANDARD("preserved", "all"),
    /** The device is told nothing about visitors, for those that refuse requests of proxies. */
    HIDDEN("preserved", "none"),
    /** The device sees what a proxy on itself would send it: Host is localhost, and nothing about visitors. */
    LOCAL("localhost", "none");

    private final String host;
    private final String forwarded;

    HostnamePreset(String host, String forwarded) {
        this.host = host;
        this.forwarded = forwarded;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words, for help texts. */
    public static String words() {
        return Arrays.stream(values()).map(HostnamePreset::word).collect(Collectors.joining("|"));
    }

    /** @throws InvalidValue when there is none of this name */
    public static HostnamePreset parse(String word) {
        return Arrays.stream(values())
                .filter(preset -> preset.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidValue(
                        "preset", "\"" + Printable.shorten(word) + "\" is no preset", "Use one of " + words() + "."));
    }

    /** What it changes: option to text, without a text the option is reset. */
    public Map<String, Optional<String>> changes() {
        Map<String, Optional<String>> changes = new LinkedHashMap<>();
        put(changes, HostnameOption.HOST, host);
        put(changes, HostnameOption.FORWARDED, forwarded);
        return changes;
    }

    private static void put(Map<String, Optional<String>> changes, HostnameOption<?> option, String text) {
        changes.put(option.key(), text.equals(option.defaultText()) ? Optional.empty() : Optional.of(text));
    }
}
