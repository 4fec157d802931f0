package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.HostnameAnswer;
import sallyport.gateway.console.api.HostnameBody;
import sallyport.gateway.console.api.HostnamePatch;
import sallyport.gateway.directory.PortNumber;

/** {@code sallyport hostname ...}. */
@Command(
        name = "hostname",
        description = "Hostnames: the public names that lead to devices.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            HostnameCommand.Add.class,
            HostnameCommand.Test.class,
            HostnameCommand.ListHostnames.class,
            HostnameCommand.Show.class,
            HostnameCommand.Set.class,
            HostnameCommand.Remove.class
        })
final class HostnameCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    /** How a hostname is served. */
    static final class TlsOptions {
        @Option(names = "--port", paramLabel = "N", description = "The device's port; default: its main port.")
        private @Nullable String port;

        @Option(names = "--tls", paramLabel = "MODE", description = "terminate (default) or passthrough.")
        private @Nullable String tls;

        @Option(
                names = "--device-tls",
                paramLabel = "auto|yes|no",
                description = "Whether the device speaks TLS there; auto finds out.")
        private @Nullable String deviceTls;

        Optional<Integer> port() {
            return Optional.ofNullable(port).map(text -> PortNumber.parse(text).value());
        }

        Optional<String> tls() {
            return Optional.ofNullable(tls);
        }

        Optional<String> deviceTls() {
            return Optional.ofNullable(deviceTls);
        }
    }

    private static String path(String hostname) {
        return "/hostnames/" + encode(hostname);
    }

    private static void print(Session session, Output output, HostnameAnswer answer, String done) {
        session.out()
                .println(
                        output.json()
                                ? Json.writeIndented(answer)
                                : answer.url() + " " + done + " port " + answer.port() + " of " + answer.device() + " ("
                                        + answer.tls() + ").");
    }

    /** {@code hostname add HOST --device NAME}. */
    @Command(name = "add", description = "Lead a name of its own to a device.")
    static final class Add implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "The public name.")
        private String hostname = "";

        @Option(names = "--device", paramLabel = "NAME", required = true, description = "The device.")
        private String device = "";

        @Mixin
        private TlsOptions options = new TlsOptions();

        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            HostnameBody body = new HostnameBody(hostname, device, options.port(), options.tls(), options.deviceTls());
            try (ApiClient api = session.connect()) {
                print(session, output, api.send("POST", "/hostnames", body, HostnameAnswer.class), "now leads to");
            }
            return ExitCode.DONE;
        }
    }

    /** {@code hostname test HOST}. */
    @Command(name = "test", description = "Find out whether a visitor of this name would reach the device.")
    static final class Test implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "The public name.")
        private String hostname = "";

        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                String url = api.get(path(hostname), HostnameAnswer.class).url();
                return WhyCommand.ask(api, session, output, url, Optional.empty());
            }
        }
    }

    /** {@code hostname list}. */
    @Command(name = "list", description = "List all hostnames.")
    static final class ListHostnames implements Callable<Integer> {
        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                byte[] answer = api.get("/hostnames");
                if (output.json()) {
                    session.out().println(Json.indent(answer));
                } else {
                    print(Json.readAnswer(answer, HostnameAnswer[].class));
                }
            }
            return ExitCode.DONE;
        }

        private void print(HostnameAnswer[] hostnames) {
            Table table = new Table("HOSTNAME", "DEVICE", "PORT", "TLS", "DEVICE TLS", "STATE", "URL");
            for (HostnameAnswer hostname : hostnames) {
                table.row(
                        hostname.hostname(),
                        hostname.device(),
                        hostname.port(),
                        hostname.tls(),
                        hostname.deviceTls(),
                        hostname.state(),
                        hostname.url());
            }
            table.print(session.out());
        }
    }

    /** {@code hostname show HOST}. */
    @Command(name = "show", description = "Show where a hostname leads.")
    static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "The public name.")
        private String hostname = "";

        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                print(session, output, api.get(path(hostname), HostnameAnswer.class), "leads to");
            }
            return ExitCode.DONE;
        }
    }

    /** {@code hostname set HOST}. */
    @Command(name = "set", description = "Change where a hostname leads and how.")
    static final class Set implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "The public name.")
        private String hostname = "";

        @Option(names = "--device", paramLabel = "NAME", description = "The device.")
        private @Nullable String device;

        @Mixin
        private TlsOptions options = new TlsOptions();

        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            HostnamePatch patch =
                    new HostnamePatch(Optional.ofNullable(device), options.port(), options.tls(), options.deviceTls());
            try (ApiClient api = session.connect()) {
                print(session, output, api.send("PATCH", path(hostname), patch, HostnameAnswer.class), "now leads to");
            }
            return ExitCode.DONE;
        }
    }

    /** {@code hostname remove HOST}. */
    @Command(name = "remove", description = "Release a hostname.")
    static final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "HOST", description = "The public name.")
        private String hostname = "";

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                api.delete(path(hostname));
            }
            session.out().println(hostname + " is removed.");
            return ExitCode.DONE;
        }
    }
}
