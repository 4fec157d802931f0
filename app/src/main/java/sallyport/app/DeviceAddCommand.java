package sallyport.app;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sallyport.gateway.console.Json;
import sallyport.gateway.console.api.DeviceAnswer;
import sallyport.gateway.console.api.NewDeviceBody;

/** {@code device add NAME --key FILE}: the device may log in when this returns. */
@Command(
        name = "add",
        description = "Add a device with its public key, and show what to type into the device.",
        sortOptions = false)
final class DeviceAddCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Its name: one DNS label, lower case.")
    private String name = "";

    @Mixin
    private DeviceOptions options = new DeviceOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private Session session = new Session();

    @Override
    public Integer call() {
        List<String> keys = options.keyTexts().orElse(List.of());
        if (keys.isEmpty()) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "Missing required option: --key=FILE (- for stdin)");
        }
        NewDeviceBody body = new NewDeviceBody(
                name,
                options.title(),
                options.tags(),
                keys,
                options.keyFrom(),
                options.from(),
                options.privatePorts(),
                options.openPorts(Optional.empty()),
                options.hostnames(),
                options.tls(),
                options.deviceTls());
        try (ApiClient api = session.connect()) {
            DeviceAnswer device = api.send("POST", "/devices", body, DeviceAnswer.class);
            if (output.json()) {
                session.out().println(Json.writeIndented(device));
            } else {
                session.out().println("Device " + device.name() + " is added.");
                session.out().println();
                Texts.connect(session.out(), device);
            }
            session.warn(device.warnings());
        }
        return ExitCode.DONE;
    }
}
