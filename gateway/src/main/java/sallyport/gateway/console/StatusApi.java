package sallyport.gateway.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.console.api.StatusAnswer;
import sallyport.gateway.console.api.WaitingKey;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceState;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.event.KnockingKeys;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.tunnel.Tunnels;

/** The gateway at a glance, the keys that knocked, and why a visitor reaches a device or not. May block ({@code why}). */
final class StatusApi {
    private final GatewayConfig config;
    private final DirectoryHolder directory;
    private final Tunnels tunnels;
    private final KnockingKeys knocking;
    private final RecentEvents recent;
    private final GatewayFacts facts;
    private final DeviceViews views;
    private final Why why;

    StatusApi(Console.Parts parts, DeviceViews views) {
        this.config = parts.config();
        this.directory = parts.directory();
        this.tunnels = parts.tunnels();
        this.knocking = parts.knocking();
        this.recent = parts.recent();
        this.facts = parts.facts();
        this.views = views;
        this.why = new Why(parts, views);
    }

    void addTo(RoutesConfig routes) {
        routes.get("/api/v1/status", ctx -> Answers.json(ctx, status()))
                .get("/api/v1/waiting", ctx -> Answers.json(ctx, waiting()))
                .get("/api/v1/why", this::why);
    }

    private void why(Context ctx) {
        String url = Optional.ofNullable(ctx.queryParam("url"))
                .orElseThrow(() -> new InvalidValue("url", "is missing", "Give the address that a visitor opens."));
        Answers.json(ctx, why.answer(url, Optional.ofNullable(ctx.queryParam("from"))));
    }

    StatusAnswer status() {
        Directory now = directory.current();
        List<Device> devices = now.devices().stream()
                .sorted(Comparator.comparing(Device::name))
                .toList();
        return new StatusAnswer(
                facts.version(),
                facts.started(),
                config.domain().map(Hostname::value),
                facts.listeners(),
                views.hostKeys(),
                new StatusAnswer.KeyExchanges(
                        facts.keyExchanges().ssh(), facts.keyExchanges().tls(), recent.keyExchanges()),
                states(devices),
                tunnels.tunnels().size(),
                tunnels.offers().size(),
                tunnels.tunnels().stream()
                        .mapToInt(tunnel -> tunnel.figures().streams())
                        .sum(),
                devices.stream().map(device -> views.line(now, device)).toList(),
                facts.uploads().stream().map(StatusApi::upload).toList(),
                waiting(),
                recent.oldClients().stream().map(StatusApi::oldClient).toList(),
                legacy(devices),
                facts.certificates().stream()
                        .flatMap(certificate -> certificate.notAfter().stream()
                                .map(end -> new StatusAnswer.CertificateLine(
                                        List.of(certificate.name()),
                                        end,
                                        certificate.source().words())))
                        .toList(),
                recent.notices().stream().map(Problems::notice).toList());
    }

    private Map<String, Integer> states(List<Device> devices) {
        Map<String, Integer> states = new LinkedHashMap<>();
        for (DeviceState state : DeviceState.values()) {
            states.put(state.words(), 0);
        }
        states.put(DeviceState.WAITING_APPROVAL.words(), knocking.list().size());
        devices.forEach(device -> states.merge(views.states().of(device).words(), 1, Integer::sum));
        return states;
    }

    private List<WaitingKey> waiting() {
        return knocking.list().stream()
                .map(knock -> new WaitingKey(
                        knock.key().fingerprint().value(),
                        knock.key().type(),
                        knock.key().openSshLine(),
                        knock.user(),
                        knock.client(),
                        Words.address(knock.from()),
                        knock.first(),
                        knock.last(),
                        knock.count()))
                .toList();
    }

    private static StatusAnswer.UploadLine upload(LiveUpload upload) {
        return new StatusAnswer.UploadLine(
                upload.what().device().value(),
                upload.what().hostname().value(),
                Words.address(upload.what().from()),
                upload.what().path(),
                upload.bytes(),
                upload.expected().stream().boxed().findFirst(),
                upload.bytesPerSecond(),
                upload.since(),
                upload.guarded(),
                upload.what().id());
    }

    private static StatusAnswer.OldClient oldClient(RecentEvents.OldClient old) {
        return new StatusAnswer.OldClient(
                old.device().map(Object::toString),
                Words.address(old.from()),
                old.client(),
                old.at(),
                old.why().fault().code(),
                old.why().cause(),
                old.why().fix());
    }

    private static List<StatusAnswer.Legacy> legacy(List<Device> devices) {
        LocalDate today = LocalDate.now(ZoneId.systemDefault());
        return devices.stream()
                .flatMap(device -> device.legacyUntil().stream()
                        .map(until -> new StatusAnswer.Legacy(device.name().value(), until, until.isBefore(today))))
                .toList();
    }
}
