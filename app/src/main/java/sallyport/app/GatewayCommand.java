package sallyport.app;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sallyport.gateway.Gateway;
import sallyport.gateway.GatewayOptions;
import sallyport.gateway.Logging;
import sallyport.gateway.config.ConfigException;
import sallyport.gateway.config.LoadedConfig;
import sallyport.gateway.fault.ProblemException;

/**
 * {@code sallyport gateway}: runs the gateway in the foreground until SIGTERM or SIGINT. One line on stdout says when all
 * listeners accept; SIGHUP reads certificates and log level again.
 */
@Command(
        name = "gateway",
        description = "Run the gateway in the foreground, until SIGTERM or Ctrl-C.",
        footer = {
            "",
            "When all listeners accept, one line on stdout says where:",
            "  ready ssh=ADDR:PORT https=ADDR:PORT http=ADDR:PORT console=ADDR:PORT management=ADDR:PORT",
            "SIGHUP reads the certificates and the log level again; what is wrong leaves everything as it was."
        })
final class GatewayCommand implements Callable<Integer> {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Set a key of the configuration, such as ssh.listen=127.0.0.1:2222; wins over file and environment.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--new-host-keys",
            description = "Make new SSH host keys although devices exist. Every device will notice.")
    private boolean newHostKeys;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        LoadedConfig loaded = Sallyport.of(command).configuration(settings);
        Logging.start(loaded.config().log());
        loaded.warnings()
                .forEach(warning -> LoggerFactory.getLogger(Gateway.class).warn("{}", warning.sentence()));
        GatewayOptions options = GatewayOptions.ofEnvironment(VersionCommand.version(), newHostKeys, System.getenv());
        StopSignals stop = StopSignals.listen();
        try (Gateway gateway = Gateway.start(loaded.config(), options)) {
            ProcessSignal.on(
                    "HUP", () -> Thread.ofVirtual().name("sallyport-reload").start(() -> reload(command, gateway)));
            out.println(gateway.addresses().readyLine());
            out.flush();
            stop.await();
        }
        return ExitCode.DONE;
    }

    private void reload(CommandSpec command, Gateway gateway) {
        try {
            LoadedConfig loaded = Sallyport.of(command).configuration(settings);
            Logging.start(loaded.config().log());
            gateway.reload();
        } catch (ConfigException e) {
            e.problems()
                    .forEach(problem -> LoggerFactory.getLogger(Gateway.class)
                            .error("Not reloaded, the old configuration stays: {}", problem.sentence()));
        } catch (ProblemException e) {
            LoggerFactory.getLogger(Gateway.class)
                    .error(
                            "Not reloaded, the old configuration stays: {}",
                            e.problem().sentence());
        }
    }
}
