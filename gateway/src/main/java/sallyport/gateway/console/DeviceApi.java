package sallyport.gateway.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Comparator;
import sallyport.gateway.console.api.DevicePatch;
import sallyport.gateway.console.api.KeyBody;
import sallyport.gateway.console.api.NewDeviceBody;
import sallyport.gateway.console.api.PortAnswer;
import sallyport.gateway.console.api.PortBody;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.KeyFingerprint;
import sallyport.gateway.directory.PortNumber;

/**
 * Devices, their keys and their ports. A change is answered when the data plane uses it. Runs on the request's virtual
 * thread and may block.
 */
final class DeviceApi {
    private final DirectoryHolder directory;
    private final DirectoryEditor editor;
    private final DeviceViews views;

    DeviceApi(DirectoryHolder directory, DirectoryEditor editor, DeviceViews views) {
        this.directory = directory;
        this.editor = editor;
        this.views = views;
    }

    void addTo(RoutesConfig routes) {
        routes.get("/api/v1/devices", this::list)
                .post("/api/v1/devices", this::add)
                .get("/api/v1/devices/{name}", ctx -> answer(ctx, device(ctx)))
                .patch("/api/v1/devices/{name}", this::change)
                .delete("/api/v1/devices/{name}", this::remove)
                .get("/api/v1/devices/{name}/keys", this::keys)
                .post("/api/v1/devices/{name}/keys", this::addKey)
                .delete("/api/v1/devices/{name}/keys/{fingerprint}", this::removeKey)
                .get("/api/v1/devices/{name}/ports", this::ports)
                .put("/api/v1/devices/{name}/ports/{port}", this::putPort)
                .delete("/api/v1/devices/{name}/ports/{port}", this::removePort)
                .get("/api/v1/ports", this::allPorts);
    }

    private void list(Context ctx) {
        Directory now = directory.current();
        Answers.json(
                ctx,
                now.devices().stream()
                        .sorted(Comparator.comparing(Device::name))
                        .map(device -> views.device(now, device))
                        .toList());
    }

    private void add(Context ctx) {
        Device added = editor.addDevice(Bodies.newDevice(Answers.body(ctx, NewDeviceBody.class)));
        ctx.status(201).header("Location", "/api/v1/devices/" + added.name());
        answer(ctx, added);
    }

    private void change(Context ctx) {
        Device device = device(ctx);
        answer(ctx, editor.changeDevice(device.name(), Bodies.changes(Answers.body(ctx, DevicePatch.class))));
    }

    private void remove(Context ctx) {
        editor.removeDevice(device(ctx).name());
        ctx.status(204);
    }

    private void keys(Context ctx) {
        Answers.json(ctx, device(ctx).keys().stream().map(DeviceViews::key).toList());
    }

    private void addKey(Context ctx) {
        Device device = device(ctx);
        answer(
                ctx,
                editor.addKey(
                        device.name(),
                        Bodies.key(Answers.body(ctx, KeyBody.class).key())));
    }

    /** In a path, base64's {@code +} and {@code /} may be written {@code -} and {@code _} (RFC 4648 section 5). */
    private void removeKey(Context ctx) {
        String fingerprint = ctx.pathParam("fingerprint").replace('-', '+').replace('_', '/');
        answer(ctx, editor.removeKey(device(ctx).name(), new KeyFingerprint(fingerprint)));
    }

    private void ports(Context ctx) {
        Answers.json(ctx, views.ports(directory.current(), device(ctx)));
    }

    private void allPorts(Context ctx) {
        Directory now = directory.current();
        Answers.json(
                ctx,
                now.devices().stream()
                        .flatMap(device -> views.ports(now, device).stream())
                        .sorted(Comparator.comparingInt(PortAnswer::port))
                        .toList());
    }

    private void putPort(Context ctx) {
        Device device = device(ctx);
        PortNumber number = PortNumber.parse(ctx.pathParam("port"));
        answer(ctx, editor.putPort(device.name(), Bodies.port(number, Answers.body(ctx, PortBody.class))));
    }

    private void removePort(Context ctx) {
        answer(ctx, editor.removePort(device(ctx).name(), PortNumber.parse(ctx.pathParam("port"))));
    }

    private Device device(Context ctx) {
        DeviceName name = new DeviceName(ctx.pathParam("name"));
        return directory.current().findDevice(name).orElseThrow(() -> Answers.notFound("device", name));
    }

    private void answer(Context ctx, Device device) {
        Answers.json(ctx, views.device(directory.current(), device));
    }
}
