package sallyport.app;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import sallyport.gateway.config.ConfigLoader;
import sallyport.gateway.config.LoadedConfig;

/** The program {@code sallyport}: one command line for gateway, clients and rehearsal. */
@Command(
        name = "sallyport",
        description = "Safe HTTPS access to devices behind NAT, over SSH reverse tunnels.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            GatewayCommand.class,
            DeviceCommand.class,
            HostnameCommand.class,
            PortCommand.class,
            CertificateCommand.class,
            StatusCommand.class,
            WhyCommand.class,
            ConfigCommand.class,
            CompletionCommand.class,
            VersionCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 usage or invalid value, 3 not found, 4 refused,",
            "5 gateway not reachable, 78 configuration error."
        })
public final class Sallyport implements Runnable {
    private static final int WIDTH = 100;

    private final Map<String, String> environment;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Configuration file; default: /etc/sallyport/sallyport.yaml.")
    private @Nullable Path config;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli sets and reads it
    private boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private Sallyport(Map<String, String> environment) {
        this.environment = environment;
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = commandLine(System.getenv(), out, err).execute(arguments);
        out.flush();
        System.exit(code);
    }

    /** The command line as a process has it; tests give their own environment and writers. */
    static CommandLine commandLine(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        Failures failures = new Failures();
        CommandLine root = new CommandLine(new Sallyport(environment));
        CommandLine hostname = Objects.requireNonNull(root.getSubcommands().get("hostname"));
        List.of("add", "set")
                .forEach(name -> HostnameOptionArguments.addTo(
                        Objects.requireNonNull(hostname.getSubcommands().get(name))
                                .getCommandSpec()));
        return root.setOut(out)
                .setErr(err)
                .setUsageHelpWidth(WIDTH)
                .setUsageHelpAutoWidth(false)
                .setAbbreviatedOptionsAllowed(false)
                .setOverwrittenOptionsAllowed(false)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /** A group of commands was named without one of them. */
    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    /**
     * The effective configuration, with {@code options} (key path to value) over environment and file.
     *
     * @throws sallyport.gateway.config.ConfigException when anything in it is wrong
     */
    LoadedConfig configuration(Map<String, String> options) {
        return new ConfigLoader(environment).load(Optional.ofNullable(config), options);
    }

    /** The root command of a running command. */
    static Sallyport of(CommandSpec spec) {
        return (Sallyport) spec.root().userObject();
    }
}
