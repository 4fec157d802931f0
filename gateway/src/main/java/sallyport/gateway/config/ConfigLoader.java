package sallyport.gateway.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sallyport.gateway.config.LoadedConfig.Origin;

/**
 * Finds the configuration: option &gt; environment &gt; file &gt; default, key by key.
 *
 * <p>The file is {@code --config}, else {@code /etc/sallyport/sallyport.yaml}; {@code sallyport.d/*.yaml} beside it is
 * merged in the order of the names, a later file over an earlier one. A missing default file means defaults; a missing
 * {@code --config} is an error. Nothing is opened or made here. All problems of all sources are reported at once.
 *
 * <p>Blocking; for control-plane threads.
 */
public final class ConfigLoader {
    /** Where the file is when {@code --config} does not say. */
    public static final Path DEFAULT_FILE = Path.of("/etc/sallyport/sallyport.yaml");

    private static final String HIDDEN = "********";
    private static final Pattern SECRET_IN_URL = Pattern.compile("(?i)((?:password|pwd)=)[^&]*");

    private final Map<String, String> environment;
    private final Path defaultFile;

    /** @param environment {@code System.getenv()}, or what a test says */
    public ConfigLoader(Map<String, String> environment) {
        this(environment, DEFAULT_FILE);
    }

    ConfigLoader(Map<String, String> environment, Path defaultFile) {
        this.environment = Map.copyOf(environment);
        this.defaultFile = defaultFile;
    }

    /**
     * Reads and checks everything.
     *
     * @param file {@code --config}
     * @param options key path → value, from the command line; lists with commas
     * @throws ConfigException with every problem
     */
    public LoadedConfig load(Optional<Path> file, Map<String, String> options) {
        Problems problems = new Problems();
        List<Given> givens = new ArrayList<>();
        givens.addAll(FileSources.read(file, defaultFile, problems));
        givens.addAll(EnvironmentSource.read(environment, problems));
        givens.addAll(OptionSource.read(options, problems));

        Map<ConfigKey, Given> effective = new EnumMap<>(ConfigKey.class);
        for (Given given : givens) {
            Given overridden = effective.put(given.key(), given);
            if (overridden != null) {
                new ConfigBinder(Map.of(overridden.key(), overridden), problems).check(overridden.key());
            }
        }
        ConfigBinder binder = new ConfigBinder(effective, problems);
        GatewayConfig config = binder.bind();
        return new LoadedConfig(config, origins(effective, config), binder.warnings());
    }

    private static List<Origin> origins(Map<ConfigKey, Given> effective, GatewayConfig config) {
        List<Origin> origins = new ArrayList<>();
        for (ConfigKey key : ConfigKey.values()) {
            Given given = effective.get(key);
            String text = given == null ? key.defaultText() : given.text();
            String shown = switch (key) {
                case DATA -> config.data().toString();
                case DATABASE_URL ->
                    SECRET_IN_URL.matcher(config.database().url()).replaceAll("$1" + HIDDEN);
                default -> key.secret() && !text.isEmpty() ? HIDDEN : text;
            };
            String source = given == null ? "default" : given.place().toString();
            origins.add(new Origin(key.path(), shown, source));
        }
        return origins;
    }
}
