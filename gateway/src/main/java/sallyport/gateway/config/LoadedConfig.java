package sallyport.gateway.config;

import java.util.List;
import sallyport.gateway.fault.Problem;

/**
 * The effective configuration.
 *
 * @param config bound and checked
 * @param origins every key with its value and where that came from, in the order of the documentation; secrets masked
 * @param warnings what works, but is probably not meant
 */
public record LoadedConfig(GatewayConfig config, List<Origin> origins, List<Problem> warnings) {
    public LoadedConfig {
        origins = List.copyOf(origins);
        warnings = List.copyOf(warnings);
    }

    /**
     * One line of {@code config show --origin}.
     *
     * @param key the key's path, such as {@code ssh.listen}
     * @param value as text; several values joined by commas; empty when there is none
     * @param source {@code FILE:LINE:COLUMN}, the environment variable, the option, or {@code default}
     */
    public record Origin(String key, String value, String source) {}
}
