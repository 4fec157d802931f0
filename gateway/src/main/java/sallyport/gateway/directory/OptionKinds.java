package sallyport.gateway.directory;

import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kinds of values that options have. Pure. */
final class OptionKinds {
    private static final int MAX_ENTRIES = 32;
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,6})([smhd])");

    private static final long KIBIBYTE = 1024;
    private static final long MEBIBYTE = 1024 * KIBIBYTE;
    private static final long GIBIBYTE = 1024 * MEBIBYTE;
    private static final long LARGEST = 1024 * GIBIBYTE;
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,6})([KMG])(?:iB)?", Pattern.CASE_INSENSITIVE);

    private OptionKinds() {}

    /** A value, or the word that stands for none. */
    static <T> OptionKind<Optional<T>> orWord(
            String word, String syntax, Function<String, T> read, Function<T, String> write) {
        return new OptionKind<>(
                word + "|" + syntax,
                text -> text.equals(word) ? Optional.empty() : Optional.of(read.apply(text)),
                value -> value.map(write).orElse(word));
    }

    /** Values with commas between them, or the word {@code none}. */
    static <T> OptionKind<List<T>> list(String syntax, Function<String, T> read, Function<T, String> write) {
        return new OptionKind<>(
                syntax,
                text -> entries(text).stream().map(read).distinct().toList(),
                values -> values.isEmpty() ? "none" : values.stream().map(write).collect(Collectors.joining(",")));
    }

    private static List<String> entries(String text) {
        if (text.equals("none")) {
            return List.of();
        }
        List<String> entries =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (entries.size() > MAX_ENTRIES) {
            throw invalid(entries.size() + " entries are given", "There may be " + MAX_ENTRIES + " of them.");
        }
        return entries;
    }

    static OptionKind<Boolean> onOff() {
        return new OptionKind<>("on|off", OptionKinds::readOnOff, on -> on ? "on" : "off");
    }

    /** Words of an enumeration, in small letters. */
    static <E extends Enum<E>> OptionKind<E> words(Class<E> type) {
        String syntax =
                Arrays.stream(type.getEnumConstants()).map(OptionKinds::word).collect(Collectors.joining("|"));
        return new OptionKind<>(syntax, text -> readWord(type, syntax, text), OptionKinds::word);
    }

    private static <E extends Enum<E>> E readWord(Class<E> type, String syntax, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> word(value).equals(text))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "\"" + Printable.shorten(text) + "\" is none of " + syntax.replace("|", ", "),
                        "Write one of them."));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static boolean readOnOff(String text) {
        if (!text.equals("on") && !text.equals("off")) {
            throw invalid("\"" + Printable.shorten(text) + "\" is neither on nor off", "Write on or off.");
        }
        return text.equals("on");
    }

    static OptionKind<Set<ForwardedField>> forwardedFields() {
        return new OptionKind<>("all|none|FIELD,...", OptionKinds::readForwarded, OptionKinds::writeForwarded);
    }

    private static Set<ForwardedField> readForwarded(String text) {
        EnumSet<ForwardedField> fields = EnumSet.noneOf(ForwardedField.class);
        if (text.equals("all")) {
            fields.addAll(EnumSet.allOf(ForwardedField.class));
        } else {
            entries(text).forEach(word -> fields.add(forwardedField(word)));
        }
        return Collections.unmodifiableSet(fields);
    }

    private static ForwardedField forwardedField(String word) {
        return Arrays.stream(ForwardedField.values())
                .filter(field -> field.fieldName().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "\"" + Printable.shorten(word) + "\" is no such field",
                        "Use all, none, or some of " + String.join(", ", ForwardedField.words()) + "."));
    }

    private static String writeForwarded(Set<ForwardedField> fields) {
        if (fields.isEmpty()) {
            return "none";
        }
        return fields.size() == ForwardedField.values().length
                ? "all"
                : fields.stream().map(ForwardedField::fieldName).collect(Collectors.joining(","));
    }

    static int upTo64(String text) {
        if (!text.matches("[1-9][0-9]?") || Integer.parseInt(text) > 64) {
            throw invalid("\"" + Printable.shorten(text) + "\" is not a number from 1 to 64", "Write such a number.");
        }
        return Integer.parseInt(text);
    }

    static LocalDate date(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw invalid("\"" + Printable.shorten(text) + "\" is no date", "Write it as YYYY-MM-DD.");
        }
    }

    /** {@code 90s}, {@code 10m}, {@code 2h}, {@code 1d}. */
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        Duration duration = matcher.matches()
                ? switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(Long.parseLong(matcher.group(1)));
                    case "m" -> Duration.ofMinutes(Long.parseLong(matcher.group(1)));
                    case "h" -> Duration.ofHours(Long.parseLong(matcher.group(1)));
                    default -> Duration.ofDays(Long.parseLong(matcher.group(1)));
                }
                : Duration.ZERO;
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw invalid(
                    "\"" + Printable.shorten(text) + "\" is not a time between 1s and " + text(LONGEST),
                    "Write a number with its unit, such as 90s, 10m or 2h.");
        }
        return duration;
    }

    /** In the largest unit that fits. */
    static String text(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** {@code 64KiB}, {@code 200MiB}, {@code 10GiB}; the short {@code 200M} of other programs means the same. */
    static long size(String text) {
        Matcher matcher = SIZE.matcher(text);
        long size = matcher.matches()
                ? Long.parseLong(matcher.group(1))
                        * switch (matcher.group(2)) {
                            case "K", "k" -> KIBIBYTE;
                            case "M", "m" -> MEBIBYTE;
                            default -> GIBIBYTE;
                        }
                : 0;
        if (size == 0 || size > LARGEST) {
            throw invalid(
                    "\"" + Printable.shorten(text) + "\" is not a size between 1KiB and " + text(LARGEST),
                    "Write a number with its unit, such as 64KiB, 200MiB or 10GiB.");
        }
        return size;
    }

    /** In the largest unit that fits. */
    static String text(long size) {
        if (size % GIBIBYTE == 0) {
            return size / GIBIBYTE + "GiB";
        }
        return size % MEBIBYTE == 0 ? size / MEBIBYTE + "MiB" : size / KIBIBYTE + "KiB";
    }

    private static InvalidValue invalid(String reason, String fix) {
        return new InvalidValue("option", reason, fix);
    }
}
