package sallyport.gateway.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code --set ssh.listen=:2222}. Secrets are refused here: everybody on the machine can read argument lists. */
final class OptionSource {
    private static final int RANK = FileSources.MAX_RANK + 2;

    private OptionSource() {}

    static List<Given> read(Map<String, String> options, Problems problems) {
        List<Given> givens = new ArrayList<>();
        new TreeMap<>(options).forEach((path, text) -> {
            Place place = new Place(RANK, "--set " + path, 0, 0);
            Optional<ConfigKey> key = ConfigKey.find(path);
            if (key.isEmpty()) {
                reportUnknown(place, path, problems);
            } else if (key.get().secret()) {
                problems.value(
                        place,
                        path,
                        "a secret on the command line can be read by everyone on this machine",
                        "Put it into a file and name that in " + key.get().variable() + "__FILE.");
            } else {
                givens.addAll(EnvironmentSource.split(key.get(), place, text, problems));
            }
        });
        return givens;
    }

    private static void reportUnknown(Place place, String path, Problems problems) {
        int dot = path.indexOf('.');
        String section = dot > 0 && ConfigKey.isSection(path.substring(0, dot)) ? path.substring(0, dot) : "";
        problems.unknown(place, section, section.isEmpty() ? path : path.substring(dot + 1));
    }
}
