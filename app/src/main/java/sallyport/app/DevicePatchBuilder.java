package sallyport.app;

import java.util.List;
import java.util.Optional;
import sallyport.gateway.console.api.DevicePatch;
import sallyport.gateway.console.api.NewDeviceBody.OpenPortBody;

/** Builds a change that names only what is given. */
final class DevicePatchBuilder {
    private Optional<Boolean> enabled = Optional.empty();
    private Optional<String> legacyUntil = Optional.empty();
    private Optional<List<OpenPortBody>> openPorts = Optional.empty();
    private DeviceOptions options = new DeviceOptions();

    DevicePatchBuilder enabled(boolean value) {
        enabled = Optional.of(value);
        return this;
    }

    DevicePatchBuilder legacyUntil(Optional<String> day) {
        legacyUntil = day;
        return this;
    }

    DevicePatchBuilder openPorts(Optional<List<OpenPortBody>> ports) {
        openPorts = ports;
        return this;
    }

    DevicePatchBuilder options(DeviceOptions given) {
        options = given;
        return this;
    }

    DevicePatch build() {
        return new DevicePatch(
                options.title(),
                options.tags(),
                enabled,
                options.keyTexts(),
                options.keyFrom(),
                options.from(),
                options.privatePorts(),
                openPorts,
                options.hostnames(),
                options.tls(),
                options.deviceTls(),
                legacyUntil);
    }
}
