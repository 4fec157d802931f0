package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.util.Map;
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
import sallyport.gateway.console.api.HostnameTestAnswer;
import sallyport.gateway.console.api.WhyAnswer;
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

        @Option(
                names = "--preset",
                paramLabel = "standard|hidden|local",
                description =
                        "Options that go together: standard passes Host and visitor on, hidden tells nothing about"
                                + " visitors, local speaks to the device as localhost. Options given besides win.")
        private @Nullable String preset;

        Optional<String> deviceTls() {
            return Optional.ofNullable(deviceTls);
        }

        Optional<String> preset() {
            return Optional.ofNullable(preset);
        }
    }

    private static String path(String hostname) {
        return "/hostnames/" + encode(hostname);
    }

    /** A command about one hostname that answers with what it is now. */
    abstract static class OfOne implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "HOST", description = "The public name.")
        private String hostname = "";

        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        String hostname() {
            return hostname;
        }

        Output output() {
            return output;
        }

        Session session() {
            return session;
        }

        /** What was typed of the declared options; empty when nothing was. */
        Optional<Map<String, @Nullable String>> declared() {
            Map<String, @Nullable String> given = HostnameOptionArguments.given(Objects.requireNonNull(spec));
            return given.isEmpty() ? Optional.empty() : Optional.of(given);
        }

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                return call(api);
            }
        }

        abstract int call(ApiClient api);

        int print(HostnameAnswer answer, String done) {
            if (output.json()) {
                session.out().println(Json.writeIndented(answer));
            } else {
                session.out()
                        .println(answer.url() + " " + done + " port " + answer.port() + " of " + answer.device() + " ("
                                + answer.tls() + ").");
            }
            session.warn(answer.warnings());
            return ExitCode.DONE;
        }
    }

    /** {@code hostname add HOST --device NAME}. */
    @Command(name = "add", description = "Lead a name of its own to a device.", sortOptions = false)
    static final class Add extends OfOne {
        @Option(names = "--device", paramLabel = "NAME", required = true, description = "The device.")
        private String device = "";

        @Mixin
        private TlsOptions options = new TlsOptions();

        @Override
        int call(ApiClient api) {
            HostnameBody body = new HostnameBody(
                    hostname(),
                    device,
                    options.port(),
                    options.tls(),
                    options.deviceTls(),
                    options.preset(),
                    declared());
            return print(api.send("POST", "/hostnames", body, HostnameAnswer.class), "now leads to");
        }
    }

    /** {@code hostname test HOST}. */
    @Command(
            name = "test",
            description = {
                "Find out whether a visitor of this name would reach the device, and walk its pages (GET only):",
                "what in them fights a proxy, and which options would do better."
            })
    static final class Test extends OfOne {
        @Override
        int call(ApiClient api) {
            HostnameAnswer answer = api.get(path(hostname()), HostnameAnswer.class);
            WhyAnswer why = WhyCommand.ask(api, answer.url(), Optional.empty());
            Optional<HostnameTestAnswer> walked = why.reaches() && answer.tls().equals("terminate")
                    ? Optional.of(api.send("POST", path(hostname()) + "/test", Map.of(), HostnameTestAnswer.class))
                    : Optional.empty();
            if (output().json()) {
                session().out().println(Json.writeIndented(new Tested(why, walked)));
            } else {
                Texts.why(session().out(), why);
                walked.ifPresent(test -> HostnameTestText.print(session().out(), test));
            }
            boolean good =
                    why.reaches() && walked.map(test -> test.landing().good()).orElse(true);
            return good ? ExitCode.DONE : ExitCode.FAILED;
        }

        /** Both answers in one document. */
        record Tested(WhyAnswer why, Optional<HostnameTestAnswer> test) {}
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
    @Command(name = "show", description = "Show where a hostname leads, and its options.")
    static final class Show extends OfOne {
        @Override
        int call(ApiClient api) {
            HostnameAnswer answer = api.get(path(hostname()), HostnameAnswer.class);
            print(answer, "leads to");
            if (!output().json()) {
                answer.shown()
                        .ifPresent(shown -> session()
                                .out()
                                .println("The device shows the certificate " + shown.fingerprint() + ", in browsers\n"
                                        + shown.sha256() + " (last seen "
                                        + shown.at().map(Table::ago).orElse("before the gateway started") + ")"));
                Table table = new Table("OPTION", "VALUE", "");
                answer.effectiveOptions()
                        .forEach((key, value) ->
                                table.row(key, value, answer.options().containsKey(key) ? "set" : "default"));
                table.print(session().out());
            }
            return ExitCode.DONE;
        }
    }

    /** {@code hostname set HOST}. */
    @Command(
            name = "set",
            description = {
                "Change where a hostname leads and how.",
                "--OPTION default resets an option; options are obeyed when the command returns."
            },
            sortOptions = false)
    static final class Set extends OfOne {
        @Option(names = "--device", paramLabel = "NAME", description = "The device.")
        private @Nullable String device;

        @Mixin
        private TlsOptions options = new TlsOptions();

        @Override
        int call(ApiClient api) {
            HostnamePatch patch = new HostnamePatch(
                    Optional.ofNullable(device),
                    options.port(),
                    options.tls(),
                    options.deviceTls(),
                    options.preset(),
                    declared());
            return print(api.send("PATCH", path(hostname()), patch, HostnameAnswer.class), "now leads to");
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
