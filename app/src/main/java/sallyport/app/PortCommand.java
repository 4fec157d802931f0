package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.util.Arrays;
import java.util.List;
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
import sallyport.gateway.console.api.DeviceAnswer;
import sallyport.gateway.console.api.PortAnswer;
import sallyport.gateway.console.api.PortBody;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;

/** {@code sallyport port ...}. */
@Command(
        name = "port",
        description = "Ports: what devices may listen on.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PortCommand.Add.class,
            PortCommand.ListPorts.class,
            PortCommand.Set.class,
            PortCommand.Remove.class
        })
final class PortCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    /** How a port is granted. */
    static final class Grant {
        @Option(
                names = "--open",
                paramLabel = "BIND",
                arity = "0..1",
                fallbackValue = "*",
                description = "An open port, on all addresses or on BIND; may be given several times.")
        private @Nullable List<String> open;

        @Option(
                names = "--client-bind",
                description = "Let the client choose the listening address, within what is granted.")
        private boolean clientBind;

        PortBody body() {
            Optional<String> choice = clientBind ? Optional.of("client") : Optional.empty();
            if (open == null) {
                return new PortBody(Optional.of("private"), Optional.empty(), choice);
            }
            List<String> bind = open.stream()
                    .filter(address -> !address.equals("*"))
                    .map(Grant::withoutBrackets)
                    .toList();
            return new PortBody(Optional.of("open"), Optional.of(bind), choice);
        }

        private static String withoutBrackets(String address) {
            boolean bracketed = address.startsWith("[") && address.endsWith("]");
            return bracketed ? address.substring(1, address.length() - 1) : address;
        }
    }

    private static String path(String device, PortNumber port) {
        return "/devices/" + encode(device) + "/ports/" + port;
    }

    private static int put(Session session, String device, PortNumber port, PortBody body, String done) {
        try (ApiClient api = session.connect()) {
            DeviceAnswer answer = api.send("PUT", path(device, port), body, DeviceAnswer.class);
            session.out().println("Port " + port + " of " + device + " is " + done + ".");
            answer.ports().stream()
                    .filter(granted -> granted.port() == port.value())
                    .forEach(granted -> session.out().println("Reachable by " + granted.reachableBy() + "."));
            session.warn(answer.warnings());
        }
        return ExitCode.DONE;
    }

    /** {@code port add NAME N}. */
    @Command(name = "add", description = "Grant a port to a device.")
    static final class Add implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "NAME", description = "The device.")
        private String device = "";

        @Parameters(index = "1", paramLabel = "N", description = "The port.")
        private String port = "";

        @Mixin
        private Grant grant = new Grant();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            return put(session, device, PortNumber.parse(port), grant.body(), "granted");
        }
    }

    /** {@code port set NAME N}. */
    @Command(name = "set", description = "Change how a port of a device listens: --open, or private without it.")
    static final class Set implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "NAME", description = "The device.")
        private String device = "";

        @Parameters(index = "1", paramLabel = "N", description = "The port.")
        private String port = "";

        @Mixin
        private Grant grant = new Grant();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            PortNumber number = PortNumber.parse(port);
            try (ApiClient api = session.connect()) {
                PortAnswer[] ports = api.get("/devices/" + encode(device) + "/ports", PortAnswer[].class);
                if (Arrays.stream(ports).noneMatch(owned -> owned.port() == number.value())) {
                    throw CommandFailure.of(
                            Fault.NOT_FOUND.problem("kind", "port", "name", number), ExitCode.NOT_FOUND);
                }
            }
            return put(session, device, number, grant.body(), "changed");
        }
    }

    /** {@code port list [NAME]}. */
    @Command(name = "list", description = "List all ports, or those of one device.")
    static final class ListPorts implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", arity = "0..1", description = "The device.")
        private @Nullable String device;

        @Mixin
        private Output output = new Output();

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                byte[] answer = api.get(device == null ? "/ports" : "/devices/" + encode(device) + "/ports");
                if (output.json()) {
                    session.out().println(Json.indent(answer));
                } else {
                    print(Json.readAnswer(answer, PortAnswer[].class));
                }
            }
            return ExitCode.DONE;
        }

        private void print(PortAnswer[] ports) {
            Table table = new Table("PORT", "DEVICE", "KIND", "FORWARD", "LISTENS ON", "SPEAKS", "REACHABLE BY");
            for (PortAnswer port : ports) {
                table.row(
                        port.port(),
                        port.device(),
                        port.kind() + (port.automatic() ? ", automatic" : ""),
                        port.forward().map(PortAnswer.Forward::state).orElse(""),
                        port.forward()
                                .map(forward -> String.join(",", forward.addresses()))
                                .orElse(""),
                        port.speech().orElse(""),
                        port.reachableBy());
            }
            table.print(session.out());
        }
    }

    /** {@code port remove NAME N}. */
    @Command(name = "remove", description = "Release a port of a device; what is live on it ends.")
    static final class Remove implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "NAME", description = "The device.")
        private String device = "";

        @Parameters(index = "1", paramLabel = "N", description = "The port.")
        private String port = "";

        @Mixin
        private Session session = new Session();

        @Override
        public Integer call() {
            PortNumber number = PortNumber.parse(port);
            try (ApiClient api = session.connect()) {
                api.delete(path(device, number), DeviceAnswer.class);
            }
            session.out().println("Port " + number + " of " + device + " is released.");
            return ExitCode.DONE;
        }
    }
}
