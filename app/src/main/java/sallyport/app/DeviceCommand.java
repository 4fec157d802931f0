package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.util.List;
import java.util.Objects;
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
import sallyport.gateway.console.api.DevicePatch;
import sallyport.gateway.console.api.KeyAnswer;
import sallyport.gateway.console.api.KeyBody;
import sallyport.gateway.console.api.WaitingKey;

/** {@code sallyport device ...}. */
@Command(
        name = "device",
        description = "Devices: who may dial in.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DeviceAddCommand.class,
            DeviceCommand.ListDevices.class,
            DeviceCommand.Show.class,
            DeviceSetCommand.class,
            DeviceCommand.Disable.class,
            DeviceCommand.Enable.class,
            DeviceCommand.Remove.class,
            DeviceCommand.Keys.class
        })
final class DeviceCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
    }

    /** {@code device list}. */
    @Command(name = "list", description = "List all devices with their state, or the keys that wait for one.")
    static final class ListDevices implements Callable<Integer> {
        @Mixin
        private Session session = new Session();

        @Mixin
        private Output output = new Output();

        @Option(names = "--waiting", description = "List keys that no device owns and that have knocked.")
        private boolean waiting;

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                String path = waiting ? "/waiting" : "/devices";
                if (output.json()) {
                    session.out().println(Json.indent(api.get(path)));
                } else if (waiting) {
                    waiting(api.get(path, WaitingKey[].class));
                } else {
                    devices(api.get(path, DeviceAnswer[].class));
                }
            }
            return ExitCode.DONE;
        }

        private void devices(DeviceAnswer[] devices) {
            Table table = new Table("NAME", "STATE", "TUNNEL", "WEB", "PORTS", "LAST SEEN", "URL");
            for (DeviceAnswer device : devices) {
                table.row(
                        device.name(),
                        device.state().name(),
                        device.lamps().tunnel(),
                        device.lamps().web(),
                        Texts.ports(device),
                        device.tunnels().isEmpty() ? Table.ago(device.lastSeen()) : "now",
                        device.urls().isEmpty() ? "" : device.urls().getFirst());
            }
            table.print(session.out());
        }

        private void waiting(WaitingKey[] keys) {
            Table table = new Table("FINGERPRINT", "TYPE", "USER", "ADDRESS", "CLIENT", "TIMES", "LAST");
            for (WaitingKey key : keys) {
                table.row(
                        key.fingerprint(),
                        key.type(),
                        key.user(),
                        key.address(),
                        key.client(),
                        key.times(),
                        Table.ago(key.last()));
            }
            table.print(session.out());
        }
    }

    /** {@code device show NAME}. */
    @Command(name = "show", description = "Show everything about a device, and what to type into it.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private Session session = new Session();

        @Mixin
        private Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "The device.")
        private String name = "";

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                byte[] answer = api.get("/devices/" + encode(name));
                if (output.json()) {
                    session.out().println(Json.indent(answer));
                } else {
                    DeviceAnswer device = Json.readAnswer(answer, DeviceAnswer.class);
                    Texts.device(session.out(), device);
                    session.warn(device.warnings());
                }
            }
            return ExitCode.DONE;
        }
    }

    /** {@code device disable NAME}. */
    @Command(name = "disable", description = "Let a device neither dial in nor be visited; what is live ends.")
    static final class Disable implements Callable<Integer> {
        @Mixin
        private Session session = new Session();

        @Parameters(paramLabel = "NAME", description = "The device.")
        private String name = "";

        @Override
        public Integer call() {
            return enabled(session, name, false);
        }
    }

    /** {@code device enable NAME}. */
    @Command(name = "enable", description = "Let a disabled device in again.")
    static final class Enable implements Callable<Integer> {
        @Mixin
        private Session session = new Session();

        @Parameters(paramLabel = "NAME", description = "The device.")
        private String name = "";

        @Override
        public Integer call() {
            return enabled(session, name, true);
        }
    }

    private static int enabled(Session session, String name, boolean enabled) {
        try (ApiClient api = session.connect()) {
            DevicePatch patch = new DevicePatchBuilder().enabled(enabled).build();
            api.send("PATCH", "/devices/" + encode(name), patch, DeviceAnswer.class);
        }
        session.out().println("Device " + name + (enabled ? " is enabled." : " is disabled."));
        return ExitCode.DONE;
    }

    /** {@code device remove NAME}. */
    @Command(name = "remove", description = "Remove a device with its keys, ports and hostnames; what is live ends.")
    static final class Remove implements Callable<Integer> {
        @Mixin
        private Session session = new Session();

        @Parameters(paramLabel = "NAME", description = "The device.")
        private String name = "";

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                api.delete("/devices/" + encode(name));
            }
            session.out().println("Device " + name + " is removed.");
            return ExitCode.DONE;
        }
    }

    /** {@code device keys NAME}. */
    @Command(name = "keys", description = "List the keys of a device, add some or remove some.")
    static final class Keys implements Callable<Integer> {
        @Mixin
        private Session session = new Session();

        @Mixin
        private Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "The device.")
        private String name = "";

        @Option(names = "--add", paramLabel = "FILE", description = "Add the public key in FILE (- for stdin).")
        private List<String> add = List.of();

        @Option(names = "--remove", paramLabel = "FINGERPRINT", description = "Remove the key SHA256:...")
        private List<String> remove = List.of();

        @Override
        public Integer call() {
            try (ApiClient api = session.connect()) {
                String path = "/devices/" + encode(name) + "/keys";
                add.forEach(
                        file -> api.send("POST", path, new KeyBody(KeyFiles.read("--add", file)), DeviceAnswer.class));
                remove.forEach(key ->
                        api.delete(path + "/" + encode(key.replace('+', '-').replace('/', '_')), DeviceAnswer.class));
                byte[] answer = api.get(path);
                if (output.json()) {
                    session.out().println(Json.indent(answer));
                } else {
                    print(Json.readAnswer(answer, KeyAnswer[].class));
                }
            }
            return ExitCode.DONE;
        }

        private void print(KeyAnswer[] keys) {
            Table table = new Table("FINGERPRINT", "TYPE", "COMMENT", "FROM", "EXPIRES");
            for (KeyAnswer key : keys) {
                table.row(
                        key.fingerprint(),
                        key.type(),
                        key.comment(),
                        key.from().isEmpty() ? "anywhere" : String.join(",", key.from()),
                        key.expires().map(Object::toString).orElse("never"));
            }
            table.print(session.out());
        }
    }
}
