package sallyport.app;

import static sallyport.app.ApiClient.encode;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.DeviceAnswer;
import sallyport.gateway.console.api.NewDeviceBody.OpenPortBody;

/** {@code device set NAME ...}: changes what is given; a list replaces the whole list. */
@Command(
        name = "set",
        description = {
            "Change a device. Takes the options of add; a list that is given replaces the whole list,",
            "an empty value empties it. What the change no longer allows ends at once."
        },
        sortOptions = false)
final class DeviceSetCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The device.")
    private String name = "";

    @Mixin
    private DeviceOptions options = new DeviceOptions();

    @Option(
            names = "--legacy-until",
            paramLabel = "DAY",
            description = "Admit its old SSH client (SHA-1 signatures, old key exchanges) up to this day, 2027-01-31;"
                    + " never ends it.")
    private @Nullable String legacyUntil;

    @Option(
            names = "--client-bind",
            negatable = true,
            description = "Let its client choose the listening address of open ports, within what is granted.")
    private @Nullable Boolean clientBind;

    @Mixin
    private Output output = new Output();

    @Mixin
    private Session session = new Session();

    @Override
    public Integer call() {
        try (ApiClient api = session.connect()) {
            String path = "/devices/" + encode(name);
            DeviceAnswer device = api.send(
                    "PATCH",
                    path,
                    new DevicePatchBuilder()
                            .options(options)
                            .legacyUntil(Optional.ofNullable(legacyUntil))
                            .openPorts(openPorts(api, path))
                            .build(),
                    DeviceAnswer.class);
            session.out().println(output.json() ? Json.writeIndented(device) : "Device " + name + " is changed.");
            session.warn(device.warnings());
        }
        return ExitCode.DONE;
    }

    /** The open ports that are given, or those that there are when only the choice of the address changes. */
    private Optional<List<OpenPortBody>> openPorts(ApiClient api, String path) {
        Optional<String> choice = Optional.ofNullable(clientBind).map(client -> client ? "client" : "grant");
        Optional<List<OpenPortBody>> given = options.openPorts(choice);
        if (given.isPresent() || choice.isEmpty()) {
            return given;
        }
        return Optional.of(api.get(path, DeviceAnswer.class).ports().stream()
                .filter(port -> port.kind().equals("open"))
                .map(port -> new OpenPortBody(port.port(), Optional.of(port.bind()), choice))
                .toList());
    }
}
