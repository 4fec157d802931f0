package sallyport.gateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import sallyport.gateway.directory.Printable;

/**
 * {@code SALLYPORT_SSH_LISTEN} and the like. {@code SALLYPORT_DATABASE_PASSWORD__FILE} names a file that holds the value
 * (its final line break does not count), and systemd's {@code $CREDENTIALS_DIRECTORY/database.password} does the same.
 * An empty variable counts as none, since container tools leave those behind.
 */
final class EnvironmentSource {
    private static final int CREDENTIAL_RANK = FileSources.MAX_RANK;
    private static final int RANK = FileSources.MAX_RANK + 1;
    private static final String FILE_SUFFIX = "__FILE";
    private static final int MAX_SECRET_BYTES = 64 << 10;

    /** What Kubernetes sets for services named sallyport, sallyport-ssh and so on. */
    private static final Pattern SERVICE_LINK = Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_.*)?)");

    private EnvironmentSource() {}

    static List<Given> read(Map<String, String> environment, Problems problems) {
        List<Given> givens = new ArrayList<>();
        for (ConfigKey key : ConfigKey.values()) {
            readCredential(key, environment, problems).ifPresent(givens::add);
            String plain = environment.getOrDefault(key.variable(), "");
            String file = environment.getOrDefault(key.variable() + FILE_SUFFIX, "");
            Place place = new Place(RANK, key.variable(), 0, 0);
            if (!plain.isEmpty() && !file.isEmpty()) {
                problems.value(
                        place,
                        key.path(),
                        "this and " + key.variable() + FILE_SUFFIX + " are both set",
                        "Set one of them.");
            } else if (!plain.isEmpty()) {
                givens.addAll(split(key, place, plain, problems));
            } else if (!file.isEmpty()) {
                Place named = new Place(RANK, key.variable() + FILE_SUFFIX, 0, 0);
                content(Path.of(file), key, named, problems)
                        .ifPresent(text -> givens.addAll(split(key, named, text, problems)));
            }
        }
        reportUnknown(environment, problems);
        return givens;
    }

    /** A variable or option has one text; lists are separated by commas. */
    static List<Given> split(ConfigKey key, Place place, String text, Problems problems) {
        return switch (key.shape()) {
            case ONE -> List.of(Given.of(key, place, List.of(new Given.Item(text, place))));
            case MANY ->
                List.of(Given.of(
                        key,
                        place,
                        Arrays.stream(text.split(",", -1))
                                .map(item -> new Given.Item(item.strip(), place))
                                .toList()));
            case PAIRS -> YamlSource.readValue(key, place.rank(), place.source(), text, problems);
        };
    }

    private static Optional<Given> readCredential(ConfigKey key, Map<String, String> environment, Problems problems) {
        String folder = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
        if (folder.isEmpty() || !key.secret()) {
            return Optional.empty();
        }
        Path file = Path.of(folder).resolve(key.path());
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Place place = new Place(CREDENTIAL_RANK, file.toString(), 0, 0);
        return content(file, key, place, problems)
                .map(text -> Given.of(key, place, List.of(new Given.Item(text, place))));
    }

    private static Optional<String> content(Path file, ConfigKey key, Place place, Problems problems) {
        try {
            if (Files.size(file) > MAX_SECRET_BYTES) {
                problems.value(
                        place, key.path(), file + " is larger than 64 KiB", "Name a file that holds the value alone.");
                return Optional.empty();
            }
            String text = Files.readString(file);
            return Optional.of(
                    text.endsWith("\n") ? text.substring(0, text.length() - 1).stripTrailing() : text);
        } catch (NoSuchFileException e) {
            problems.value(place, key.path(), file + " does not exist", "Name a file that the gateway may read.");
        } catch (IOException e) {
            problems.value(
                    place,
                    key.path(),
                    "cannot read " + Printable.shorten(String.valueOf(e.getMessage())),
                    "Name a file in UTF-8 that the gateway may read.");
        }
        return Optional.empty();
    }

    /** Only variables that can hardly be meant for anything else: the environment belongs to others too. */
    private static void reportUnknown(Map<String, String> environment, Problems problems) {
        List<String> known =
                Arrays.stream(ConfigKey.values()).map(ConfigKey::variable).toList();
        for (String name : new TreeSet<>(environment.keySet())) {
            String base = name.endsWith(FILE_SUFFIX) ? name.substring(0, name.length() - FILE_SUFFIX.length()) : name;
            if (!known.contains(base)
                    && inSection(base)
                    && !SERVICE_LINK.matcher(base).matches()) {
                problems.unknownMember(new Place(RANK, "environment", 0, 0), name, nearest(base, known));
            }
        }
    }

    private static boolean inSection(String variable) {
        return Arrays.stream(ConfigKey.values())
                .map(ConfigKey::path)
                .filter(path -> path.indexOf('.') > 0)
                .map(path -> "SALLYPORT_" + path.substring(0, path.indexOf('.')).toUpperCase(Locale.ROOT) + "_")
                .anyMatch(variable::startsWith);
    }

    private static String nearest(String variable, List<String> known) {
        return known.stream()
                .filter(candidate -> DidYouMean.near(variable, candidate))
                .findFirst()
                .map(candidate -> "Did you mean " + candidate + "?")
                .orElse("Remove it, or see `sallyport config show` for the keys.");
    }
}
