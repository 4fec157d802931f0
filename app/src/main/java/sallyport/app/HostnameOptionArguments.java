package sallyport.app;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import sallyport.gateway.directory.HostnameOption;

/** The options of a hostname as options of the command line, made from their declarations. */
final class HostnameOptionArguments {
    private static final String RESET = "default";

    private HostnameOptionArguments() {}

    /** Gives a command {@code --KEY VALUE} for every declared option. */
    static void addTo(CommandSpec command) {
        for (HostnameOption<?> option : HostnameOption.all()) {
            command.addOption(OptionSpec.builder("--" + option.key())
                    .paramLabel(option.syntax())
                    .type(String.class)
                    .description(option.description().replace("%", "%%") + " Default: " + option.defaultText() + ".")
                    .build());
        }
    }

    /** What was typed, by key; null where the default is wanted again. */
    static Map<String, @Nullable String> given(CommandSpec command) {
        Map<String, @Nullable String> given = new LinkedHashMap<>();
        for (HostnameOption<?> option : HostnameOption.all()) {
            @Nullable String text = command.findOption("--" + option.key()).getValue();
            if (text != null) {
                given.put(option.key(), text.equals(RESET) ? null : text);
            }
        }
        return given;
    }
}
