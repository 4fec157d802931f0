package sallyport.gateway.console;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.Printable;

/** Words of the API for values that are enums inside. */
final class Words {
    private Words() {}

    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** @throws InvalidValue when the enum has no such value */
    static <E extends Enum<E>> E parse(Class<E> type, String field, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> of(value).equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidValue(
                        field,
                        "\"" + Printable.shorten(word) + "\" is none of its words",
                        "Use one of: "
                                + Arrays.stream(type.getEnumConstants())
                                        .map(Words::of)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    static List<String> of(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    /** {@code 192.0.2.7:5022}, {@code [2001:db8::7]:5022}; no reverse lookup. */
    static String address(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
