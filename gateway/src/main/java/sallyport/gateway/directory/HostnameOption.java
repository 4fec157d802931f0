package sallyport.gateway.directory;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A setting of a hostname, declared here and nowhere else. Store, API, command line and its help, and the documents follow
 * from the declaration; what the option does, its handler in {@code edge} says. {@code docs/decisions} tells how to add one.
 *
 * @param <T> its value, as the data plane uses it
 */
public final class HostnameOption<T> {
    private static final List<HostnameOption<?>> DECLARED = new ArrayList<>();

    /** The Host that the device is asked for; empty: the visitor's own. */
    public static final HostnameOption<Optional<OwnName>> HOST = declare(
            "host",
            "preserved",
            "The Host that the device sees: the visitor's own, or a name that the device expects. Origin, Referer,"
                    + " redirects and cookies are rewritten in step.",
            OptionKinds.orWord("preserved", "NAME[:PORT]", OwnName::parse, OwnName::authority));

    /** Which fields tell the device about the visitor. */
    public static final HostnameOption<Set<ForwardedField>> FORWARDED = declare(
            "forwarded",
            "all",
            "Which fields tell the device who the visitor is: all, none, or some of "
                    + ForwardedField.words().stream().collect(Collectors.joining(", ")) + ".",
            OptionKinds.forwardedFields());

    /** Names and addresses by which the device knows itself. */
    public static final HostnameOption<List<OwnName>> DEVICE_NAMES = declare(
            "device-names",
            "none",
            "Names and LAN addresses by which the device knows itself; in redirects and cookies they become this"
                    + " hostname.",
            OptionKinds.list("NAME[:PORT],...", OwnName::parse, OwnName::authority));

    /** How long a WebSocket may be silent; empty: for ever. */
    public static final HostnameOption<Optional<Duration>> WEBSOCKET_IDLE = declareForConnections(
            "websocket-idle",
            "off",
            "End a WebSocket on which neither side has sent a byte for this long.",
            OptionKinds.orWord("off", "90s|10m|2h", OptionKinds::duration, OptionKinds::text));

    /** Whether HTTP/2 is offered to visitors. */
    public static final HostnameOption<Http2Offer> HTTP2 = declareForConnections(
            "http2",
            "auto",
            "Offer HTTP/2 to visitors; off: HTTP/1.1 alone. auto: HTTP/1.1 alone for a day when the device ties logins to"
                    + " its connections.",
            OptionKinds.words(Http2Offer.class));

    /** Whether the hostname has a certificate of its own also where a wildcard would serve it. */
    public static final HostnameOption<CertificateKind> CERTIFICATE = declare(
            "certificate",
            "wildcard",
            "Show visitors a wildcard where there is one, or a certificate for this single name. An operator's files go"
                    + " before both.",
            OptionKinds.words(CertificateKind.class));

    /** How many bytes the body of a request may have; empty: any number. */
    public static final HostnameOption<Optional<Long>> MAX_BODY = declare(
            "max-body",
            "none",
            "Refuse a request whose body is larger, with 413, as soon as that is known.",
            OptionKinds.orWord("none", "200MiB", OptionKinds::size, OptionKinds::text));

    /** Whether a stop of the gateway waits for large uploads. */
    public static final HostnameOption<Boolean> FIRMWARE_GUARD = declare(
            "firmware-guard",
            "off",
            "Let a stop of the gateway wait for large uploads to the device, 15 minutes at most.",
            OptionKinds.onOff());

    /** How large an upload is that a stop waits for. */
    public static final HostnameOption<Long> FIRMWARE_GUARD_SIZE = declare(
            "firmware-guard-size",
            "1MiB",
            "How large an upload has to be for firmware-guard.",
            new OptionKind<>("1MiB", OptionKinds::size, OptionKinds::text));

    /** How fast an upload goes on, in bytes a second, that a stop waits for. */
    public static final HostnameOption<Long> FIRMWARE_GUARD_RATE = declare(
            "firmware-guard-rate",
            "16KiB",
            "How much of an upload has to arrive in a second, over half a minute, for firmware-guard.",
            new OptionKind<>("16KiB", OptionKinds::size, OptionKinds::text));

    /** How many connections the device's port gets at a time; empty: as many as it was found to serve. */
    public static final HostnameOption<Optional<Integer>> PARALLEL_STREAMS = declare(
            "parallel-streams",
            "auto",
            "How many requests the device serves at a time; more wait for their turn. auto: found out.",
            OptionKinds.orWord("auto", "1-64", OptionKinds::upTo64, value -> Integer.toString(value)));

    /** Whether an idle connection to the device may serve another visitor. */
    public static final HostnameOption<Boolean> SHARE_CONNECTIONS = declare(
            "share-connections",
            "off",
            "Let visitors use the idle connections of others to the device, for requests and answers without login,"
                    + " cookie or body alone.",
            OptionKinds.onOff());

    /** Which certificate the device's web server has to show. */
    public static final HostnameOption<DeviceCertificate> DEVICE_CERTIFICATE = declare(
            "device-certificate",
            "any",
            "Which certificate of the device is accepted: any, the one it shows first (pinned), or one that an"
                    + " authority has issued (its PEM text).",
            new OptionKind<>("any|pinned[:SHA256:...]|PEM", DeviceCertificate::parse, DeviceCertificate::text));

    /** Until when the device's TLS may be too old or too weak; empty: it may not. */
    public static final HostnameOption<Optional<LocalDate>> DEVICE_TLS_LEGACY_UNTIL = declare(
            "device-tls-legacy-until",
            "off",
            "Accept TLS 1.0 and 1.1, short keys and SHA-1 from the device until the end of this day (UTC).",
            OptionKinds.orWord("off", "YYYY-MM-DD", OptionKinds::date, LocalDate::toString));

    private final int index;
    private final String key;
    private final String description;
    private final OptionKind<T> kind;
    private final T defaultValue;
    private final boolean forConnections;

    private HostnameOption(String key, String defaultText, String description, OptionKind<T> kind, boolean live) {
        this.index = DECLARED.size();
        this.key = key;
        this.description = description;
        this.kind = kind;
        this.defaultValue = kind.read().apply(defaultText);
        this.forConnections = live;
        DECLARED.add(this);
    }

    /** An option that the next request obeys, on whatever connection it comes. */
    private static <T> HostnameOption<T> declare(
            String key, String defaultText, String description, OptionKind<T> kind) {
        return new HostnameOption<>(key, defaultText, description, kind, false);
    }

    /** An option by which connections live: a change of it ends those of the hostname. */
    private static <T> HostnameOption<T> declareForConnections(
            String key, String defaultText, String description, OptionKind<T> kind) {
        return new HostnameOption<>(key, defaultText, description, kind, true);
    }

    /** All of them, in the order of their declaration. */
    public static List<HostnameOption<?>> all() {
        return Collections.unmodifiableList(DECLARED);
    }

    /** @throws InvalidValue when there is none of this key */
    public static HostnameOption<?> require(String key) {
        return DECLARED.stream()
                .filter(option -> option.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new InvalidValue(
                        "options." + Printable.shorten(key),
                        "there is no such option",
                        "The options are "
                                + DECLARED.stream().map(HostnameOption::key).collect(Collectors.joining(", ")) + "."));
    }

    /** Its name in store and API; {@code --KEY} on the command line. */
    public String key() {
        return key;
    }

    /** One sentence for people. */
    public String description() {
        return description;
    }

    /** What stands for its value in a help text. */
    public String syntax() {
        return kind.syntax();
    }

    public String defaultText() {
        return kind.write().apply(defaultValue);
    }

    /** A value as people write it. */
    public String text(T value) {
        return kind.write().apply(value);
    }

    /** True when a change ends the hostname's connections, false when the next request obeys it. */
    public boolean forConnections() {
        return forConnections;
    }

    int index() {
        return index;
    }

    T defaultValue() {
        return defaultValue;
    }

    /** @throws InvalidValue with {@code options.KEY} as its field */
    T read(String text) {
        try {
            return kind.read().apply(text);
        } catch (InvalidValue e) {
            throw new InvalidValue("options." + key, e.reason(), e.fix());
        }
    }

    /** The canonical form of a text. */
    String canonical(String text) {
        return kind.write().apply(read(text));
    }

    @Override
    public String toString() {
        return key;
    }
}
