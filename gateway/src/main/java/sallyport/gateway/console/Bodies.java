package sallyport.gateway.console;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.console.api.DevicePatch;
import sallyport.gateway.console.api.NewDeviceBody;
import sallyport.gateway.console.api.NewDeviceBody.OpenPortBody;
import sallyport.gateway.console.api.PortBody;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.DirectoryEditor.DeviceChanges;
import sallyport.gateway.directory.DirectoryEditor.NewDevice;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnamePreset;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.KeyRestrictions;
import sallyport.gateway.directory.KeyText;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.directory.Port.OpenSocket;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.directory.TlsMode;

/** What came in as JSON, turned into values of the directory; every wrong value is named by its member. Pure. */
final class Bodies {
    private static final int LONGEST_TITLE = 200;
    private static final int LONGEST_TAG = 64;
    private static final int MOST_ENTRIES = 256;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private Bodies() {}

    static NewDevice newDevice(NewDeviceBody body) {
        List<Port> ports = new ArrayList<>(privatePorts(body.ports().orElse(List.of())));
        ports.addAll(openPorts(body.openPorts().orElse(List.of())));
        if (body.keys().isEmpty()) {
            throw new InvalidValue("keys", "there is no key", "Give at least one public key.");
        }
        return new NewDevice(
                new DeviceName(body.name()),
                title(body.title().orElse("")),
                tags(body.tags().orElse(List.of())),
                keys(body.keys()),
                cidrs("keyFrom", body.keyFrom().orElse(List.of())),
                cidrs("from", body.from().orElse(List.of())),
                ports,
                hostnames(body.hostnames().orElse(List.of())),
                body.tls().map(Bodies::tls).orElse(TlsMode.TERMINATE),
                body.deviceTls().map(Bodies::deviceTls).orElse(DeviceTls.AUTO));
    }

    static DeviceChanges changes(DevicePatch patch) {
        return new DeviceChanges(
                patch.title().map(Bodies::title),
                patch.tags().map(Bodies::tags),
                patch.enabled(),
                patch.keys().map(Bodies::keys),
                patch.keyFrom().map(list -> cidrs("keyFrom", list)),
                patch.from().map(list -> cidrs("from", list)),
                patch.ports().map(Bodies::privatePorts),
                patch.openPorts().map(Bodies::openPorts),
                patch.hostnames().map(Bodies::hostnames),
                patch.tls().map(Bodies::tls),
                patch.deviceTls().map(Bodies::deviceTls),
                patch.legacyUntil().isPresent()
                        ? Optional.of(day(patch.legacyUntil().get()))
                        : Optional.empty());
    }

    static Port port(PortNumber number, PortBody body) {
        String kind = body.kind().orElse("private");
        return switch (kind) {
            case "private" -> {
                if (body.bind().isPresent() || body.bindChoice().isPresent()) {
                    throw new InvalidValue(
                            "bind", "a private port listens nowhere", "Say kind open, or leave the address out.");
                }
                yield Port.privatePort(number);
            }
            case "open" -> new Port(number, Optional.of(socket(body.bind(), body.bindChoice())), false);
            default ->
                throw new InvalidValue(
                        "kind", "\"" + Printable.shorten(kind) + "\" is no kind of port", "Use private or open.");
        };
    }

    static DeviceKey key(String text) {
        KeyText.Outcome.Found found = KeyText.require(text);
        refuseWhatIsNotKept(found.restrictions());
        return found.key();
    }

    /** A restriction that would silently do nothing is worse than a refusal. */
    private static void refuseWhatIsNotKept(KeyRestrictions restrictions) {
        if (!restrictions.forwards()) {
            throw new InvalidValue(
                    "key",
                    "the options in front of the key forbid port forwarding, so its device could do nothing here",
                    "Add port-forwarding to them, or paste the key without options.");
        }
        if (!restrictions.permitListen().isEmpty()) {
            throw new InvalidValue(
                    "key",
                    "permitlisten in front of the key is not kept: the device's ports say what it may ask for",
                    "Paste the key without permitlisten and grant the ports with --port or --open-port.");
        }
    }

    /** Options by key; null resets one (RFC 7396). What is named wins over the preset. */
    static Map<String, Optional<String>> options(
            Optional<String> preset, Optional<Map<String, @Nullable String>> given) {
        Map<String, Optional<String>> options = new LinkedHashMap<>();
        preset.map(HostnamePreset::parse).ifPresent(named -> options.putAll(named.changes()));
        given.orElse(Map.of()).forEach((key, text) -> options.put(key, Optional.ofNullable(text)));
        return options;
    }

    static TlsMode tls(String word) {
        return Words.parse(TlsMode.class, "tls", word);
    }

    static DeviceTls deviceTls(String word) {
        return Words.parse(DeviceTls.class, "deviceTls", word);
    }

    private static List<DeviceKey> keys(List<String> texts) {
        return each("keys", texts, Bodies::key);
    }

    private static List<Port> privatePorts(List<Integer> numbers) {
        return each("ports", numbers, number -> Port.privatePort(new PortNumber(number)));
    }

    private static List<Port> openPorts(List<OpenPortBody> bodies) {
        return each(
                "openPorts",
                bodies,
                body -> new Port(
                        new PortNumber(body.port()), Optional.of(socket(body.bind(), body.bindChoice())), false));
    }

    private static OpenSocket socket(Optional<List<String>> bind, Optional<String> choice) {
        return new OpenSocket(
                each("bind", bind.orElse(List.of()), Bodies::literal),
                choice.map(word -> Words.parse(BindChoice.class, "bindChoice", word))
                        .orElse(BindChoice.GRANT));
    }

    private static String literal(String address) {
        try {
            InetAddress read = InetAddress.ofLiteral(address);
            return read instanceof Inet4Address ? read.getHostAddress() : address.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(
                    "bind",
                    "\"" + Printable.shorten(address) + "\" is not an address",
                    "Write an IPv4 or IPv6 address of this machine, without brackets.");
        }
    }

    private static List<Cidr> cidrs(String field, List<String> texts) {
        return each(field, texts, text -> {
            try {
                return Cidr.parse(text);
            } catch (InvalidValue e) {
                throw new InvalidValue(field, e.reason(), e.fix());
            }
        });
    }

    private static List<Hostname> hostnames(List<String> texts) {
        return each("hostnames", texts, Hostname::parseServed);
    }

    private static String title(String text) {
        return text("title", text, LONGEST_TITLE);
    }

    private static List<String> tags(List<String> texts) {
        return each("tags", texts, text -> {
            if (text.isBlank()) {
                throw new InvalidValue("tags", "a tag is empty", "Leave it out, or give it a word.");
            }
            return text("tags", text, LONGEST_TAG);
        });
    }

    private static String text(String field, String text, int longest) {
        if (text.length() > longest || CONTROL.matcher(text).find()) {
            throw new InvalidValue(
                    field,
                    "is longer than " + longest + " characters or has control characters",
                    "Write a shorter line.");
        }
        return text;
    }

    private static Optional<LocalDate> day(String text) {
        if (text.equals("never")) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException e) {
            throw new InvalidValue(
                    "legacyUntil",
                    "\"" + Printable.shorten(text) + "\" is not a day",
                    "Write it as 2027-01-31, or never to end it.");
        }
    }

    private static <A, B> List<B> each(String field, List<A> values, Function<A, B> read) {
        if (values.size() > MOST_ENTRIES) {
            throw new InvalidValue(field, "has more than " + MOST_ENTRIES + " entries", "Send fewer.");
        }
        List<B> result = new ArrayList<>();
        for (A value : values) {
            if (value == null) {
                throw new InvalidValue(field, "has an empty entry", "Leave it out.");
            }
            result.add(read.apply(value));
        }
        return result;
    }
}
