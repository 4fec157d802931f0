package sallyport.gateway.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Comparator;
import java.util.List;
import sallyport.gateway.console.api.HostnameAnswer;
import sallyport.gateway.console.api.HostnameBody;
import sallyport.gateway.console.api.HostnamePatch;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.DirectoryEditor.HostnameChanges;
import sallyport.gateway.directory.DirectoryEditor.NewHostname;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.fault.Problem;

/** Hostnames. Runs on the request's virtual thread and may block. */
final class HostnameApi {
    private final DirectoryHolder directory;
    private final DirectoryEditor editor;
    private final DeviceViews views;
    private final GatewayFacts facts;
    private final HostnameTests tests;

    HostnameApi(
            DirectoryHolder directory,
            DirectoryEditor editor,
            DeviceViews views,
            GatewayFacts facts,
            HostnameTests tests) {
        this.directory = directory;
        this.editor = editor;
        this.views = views;
        this.facts = facts;
        this.tests = tests;
    }

    void addTo(RoutesConfig routes) {
        routes.get("/api/v1/hostnames", this::list)
                .post("/api/v1/hostnames", this::add)
                .get("/api/v1/hostnames/{hostname}", this::show)
                .patch("/api/v1/hostnames/{hostname}", this::change)
                .delete("/api/v1/hostnames/{hostname}", this::remove)
                .post("/api/v1/hostnames/{hostname}/test", this::test);
    }

    private void list(Context ctx) {
        Directory now = directory.current();
        Answers.json(
                ctx,
                now.hostnames().stream()
                        .sorted(Comparator.comparing(HostnameRoute::hostname))
                        .map(route -> views.hostname(now, route))
                        .toList());
    }

    private void add(Context ctx) {
        HostnameBody body = Answers.body(ctx, HostnameBody.class);
        DeviceName device = new DeviceName(body.device());
        HostnameRoute added = editor.addHostname(new NewHostname(
                Hostname.parseServed(body.hostname()),
                directory
                        .current()
                        .findDevice(device)
                        .orElseThrow(() -> Answers.notFound("device", device))
                        .name(),
                body.port().map(PortNumber::new),
                body.tls().map(Bodies::tls).orElse(TlsMode.TERMINATE),
                body.deviceTls().map(Bodies::deviceTls).orElse(DeviceTls.AUTO),
                HostnameOptions.DEFAULTS.changed(Bodies.options(body.preset(), body.options()))));
        ctx.status(201).header("Location", "/api/v1/hostnames/" + added.hostname());
        saved(ctx, added);
    }

    private void change(Context ctx) {
        HostnameRoute route = hostname(ctx);
        HostnamePatch patch = Answers.body(ctx, HostnamePatch.class);
        saved(
                ctx,
                editor.changeHostname(
                        route.hostname(),
                        new HostnameChanges(
                                patch.device().map(DeviceName::new),
                                patch.port().map(PortNumber::new),
                                patch.tls().map(Bodies::tls),
                                patch.deviceTls().map(Bodies::deviceTls),
                                Bodies.options(patch.preset(), patch.options()))));
    }

    private void remove(Context ctx) {
        editor.removeHostname(hostname(ctx).hostname());
        ctx.status(204);
    }

    private void test(Context ctx) {
        Hostname asked = asked(ctx);
        Directory now = directory.current();
        Answers.json(ctx, tests.run(now, serving(now, asked), asked));
    }

    private static Hostname asked(Context ctx) {
        return Hostname.parseServed(ctx.pathParam("hostname"));
    }

    /** As a visitor is served: by the name, or by the wildcard that stands for it. */
    private static HostnameRoute serving(Directory now, Hostname asked) {
        return now.findRoute(asked).orElseThrow(() -> Answers.notFound("hostname", asked));
    }

    private void show(Context ctx) {
        Hostname asked = asked(ctx);
        Directory now = directory.current();
        Answers.json(ctx, views.hostname(now, serving(now, asked), asked));
    }

    private HostnameRoute hostname(Context ctx) {
        Hostname hostname = asked(ctx);
        return directory.current().findHostname(hostname).orElseThrow(() -> Answers.notFound("hostname", hostname));
    }

    /** What would keep the name from getting a certificate is said at once, while the person is still there. */
    private void saved(Context ctx, HostnameRoute route) {
        HostnameAnswer answer = views.hostname(directory.current(), route);
        List<Problem> foreseen = route.tls() == TlsMode.TERMINATE ? facts.rehearse(route.hostname()) : List.of();
        Answers.json(ctx, answer.with(foreseen.stream().map(Problems::notice).toList()));
    }
}
