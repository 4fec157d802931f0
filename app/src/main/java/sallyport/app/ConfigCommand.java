package sallyport.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sallyport.gateway.config.LoadedConfig;
import sallyport.gateway.config.LoadedConfig.Origin;
import sallyport.gateway.console.Json;

/** {@code sallyport config ...}: looks at the configuration without a running gateway. */
@Command(
        name = "config",
        description = "The configuration: check it, show what is effective.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class})
final class ConfigCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    private static LoadedConfig load(@Nullable CommandSpec spec) {
        CommandSpec running = Objects.requireNonNull(spec);
        LoadedConfig loaded = Sallyport.of(running).configuration(Map.of());
        loaded.warnings().forEach(warning -> running.commandLine().getErr().println("warning: " + warning.sentence()));
        return loaded;
    }

    /** {@code config check}. */
    @Command(name = "check", description = "Find every error of the configuration; nothing is opened or changed.")
    static final class Check implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            load(spec);
            Objects.requireNonNull(spec).commandLine().getOut().println("The configuration is good.");
            return ExitCode.DONE;
        }
    }

    /** {@code config show}. */
    @Command(name = "show", description = "Show the effective configuration; secrets are masked.")
    static final class Show implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Option(names = "--origin", description = "Show where each value came from.")
        private boolean origin;

        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            LoadedConfig loaded = load(spec);
            var out = Objects.requireNonNull(spec).commandLine().getOut();
            if (output.json()) {
                out.println(Json.writeIndented(origin ? loaded.origins() : values(loaded)));
                return ExitCode.DONE;
            }
            Table table = origin ? new Table("KEY", "VALUE", "ORIGIN") : new Table("KEY", "VALUE");
            for (Origin value : loaded.origins()) {
                if (origin) {
                    table.row(value.key(), value.value(), value.source());
                } else {
                    table.row(value.key(), value.value());
                }
            }
            table.print(out);
            return ExitCode.DONE;
        }

        private static Map<String, String> values(LoadedConfig loaded) {
            Map<String, String> values = new LinkedHashMap<>();
            loaded.origins().forEach(value -> values.put(value.key(), value.value()));
            return values;
        }
    }
}
