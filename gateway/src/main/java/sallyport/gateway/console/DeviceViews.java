package sallyport.gateway.console;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.console.api.DeviceAnswer;
import sallyport.gateway.console.api.HostnameAnswer;
import sallyport.gateway.console.api.KeyAnswer;
import sallyport.gateway.console.api.Notice;
import sallyport.gateway.console.api.PortAnswer;
import sallyport.gateway.console.api.StatusAnswer.DeviceLine;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.DeviceKey;
import sallyport.gateway.directory.DeviceState;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.directory.OwnName;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.Tunnel;
import sallyport.gateway.tunnel.TunnelFigures;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Devices as people read them: the directory says what may be, the tunnels what is, the records what was. Any thread; every
 * view is composed anew from snapshots.
 */
final class DeviceViews {
    private static final String ANY_USER = "sallyport";

    private final GatewayConfig config;
    private final Tunnels tunnels;
    private final DeviceHistory history;
    private final RecentEvents recent;
    private final GatewayFacts facts;
    private final PublicUrls urls;
    private final DeviceStates states;
    private final PortViews ports;
    private final KernelPorts kernel = new KernelPorts();

    DeviceViews(Console.Parts parts) {
        this.config = parts.config();
        this.tunnels = parts.tunnels();
        this.history = parts.history();
        this.recent = parts.recent();
        this.facts = parts.facts();
        this.urls = new PublicUrls(config, facts);
        this.states = new DeviceStates(tunnels, history, parts.timers());
        this.ports = new PortViews(states, urls);
    }

    DeviceStates states() {
        return states;
    }

    PublicUrls urls() {
        return urls;
    }

    DeviceAnswer device(Directory directory, Device device) {
        DeviceState state = states.of(device);
        List<PortAnswer> portAnswers = ports(directory, device);
        List<HostnameAnswer> hostnames = routes(directory, device)
                .map(route -> hostname(directory, route))
                .toList();
        return new DeviceAnswer(
                device.name().value(),
                device.title(),
                device.tags(),
                device.enabled(),
                new DeviceAnswer.State(state.words(), state.meaning(), state.remedy()),
                states.lamps(device),
                device.keys().stream().map(DeviceViews::key).toList(),
                Words.of(device.keyFrom()),
                Words.of(device.visitorFrom()),
                portAnswers,
                device.automaticPort().value(),
                device.mainPort().value(),
                hostnames,
                urlsOf(hostnames, portAnswers),
                Words.of(device.tls()),
                Words.of(device.deviceTls()),
                device.legacyUntil(),
                device.created(),
                history.of(device.name()).lastSeen(),
                tunnels.tunnels(device.name()).stream().map(this::tunnel).toList(),
                recent.refusals(device.name()).stream()
                        .map(DeviceViews::refusal)
                        .toList(),
                history.of(device.name()).conflict().stream()
                        .map(Words::address)
                        .toList(),
                connect(device),
                warnings(directory, device, portAnswers, hostnames));
    }

    List<PortAnswer> ports(Directory directory, Device device) {
        return device.ports().stream()
                .map(port -> ports.view(directory, device, port))
                .toList();
    }

    HostnameAnswer hostname(Directory directory, HostnameRoute route) {
        return hostname(directory, route, route.hostname());
    }

    /** @param asked the name that a visitor would write: the route's, or one that its wildcard stands for */
    HostnameAnswer hostname(Directory directory, HostnameRoute route, Hostname asked) {
        return new HostnameAnswer(
                route.hostname().value(),
                route.device().value(),
                route.port().value(),
                Words.of(route.tls()),
                Words.of(route.deviceTls()),
                route.automatic(),
                route.options().set(),
                route.options().effective(),
                urls.byName(asked),
                directory
                        .findDevice(route.device())
                        .map(device -> states.of(device).words())
                        .orElse(DeviceState.OFFLINE.words()),
                facts.findShown(route.hostname()).map(DeviceViews::shown),
                hostnameWarnings(route));
    }

    private static HostnameAnswer.ShownCertificate shown(GatewayFacts.Shown certificate) {
        byte[] hash = Base64.getDecoder().decode(certificate.fingerprint().substring(DeviceCertificate.HASH.length()));
        return new HostnameAnswer.ShownCertificate(
                certificate.fingerprint(),
                HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash),
                certificate.at());
    }

    private List<Notice> hostnameWarnings(HostnameRoute route) {
        if (route.tls() == TlsMode.PASSTHROUGH && !route.options().set().isEmpty()) {
            return List.of(Problems.notice(Fault.OPTION_WITHOUT_EFFECT.problem(
                    "hostname",
                    route.hostname(),
                    "options",
                    String.join(", ", route.options().set().keySet()))));
        }
        Stream<Notice> deadEnds = recent.deadEnds(route.hostname()).stream()
                .filter(deadEnd -> !isMapped(route, deadEnd.target()))
                .map(deadEnd -> Problems.notice(deadEnd.why()));
        Stream<Notice> http1Alone = recent.http1Alone(route.hostname()).stream()
                .map(until -> Problems.notice(Fault.HTTP1_ALONE.problem(
                        "hostname", route.hostname(), "until", until.truncatedTo(ChronoUnit.MINUTES))));
        return Stream.concat(deadEnds, http1Alone).toList();
    }

    /** The operator has acted on the warning. */
    private static boolean isMapped(HostnameRoute route, String target) {
        try {
            OwnName name = OwnName.parse(target);
            return route.options().value(HostnameOption.DEVICE_NAMES).stream()
                    .anyMatch(own -> own.isHost(name.host()) && (own.port().isEmpty() || own.equals(name)));
        } catch (InvalidValue e) {
            return false;
        }
    }

    DeviceLine line(Directory directory, Device device) {
        List<Tunnel> live = tunnels.tunnels(device.name());
        Optional<Tunnel> newest = live.stream().findFirst();
        return new DeviceLine(
                device.name().value(),
                device.title(),
                states.of(device).words(),
                states.lamps(device),
                states.offers(device).stream()
                        .map(offer -> offer.port().value())
                        .toList(),
                live.stream().mapToInt(tunnel -> tunnel.figures().streams()).sum(),
                newest.map(tunnel -> Words.address(tunnel.peer().address())),
                newest.map(tunnel -> tunnel.peer().since()),
                history.of(device.name()).lastSeen(),
                routes(directory, device)
                        .map(HostnameRoute::hostname)
                        .filter(name -> !name.isWildcard())
                        .findFirst()
                        .map(urls::byName));
    }

    /** The hostnames of a device, {@code NAME.domain} first. */
    static Stream<HostnameRoute> routes(Directory directory, Device device) {
        return directory.hostnames().stream()
                .filter(route -> route.device().equals(device.name()))
                .sorted(Comparator.comparing(HostnameRoute::automatic).reversed());
    }

    static KeyAnswer key(DeviceKey key) {
        return new KeyAnswer(
                key.type(),
                key.fingerprint().value(),
                key.comment(),
                key.openSshLine(),
                Words.of(key.from()),
                key.expires());
    }

    private DeviceAnswer.TunnelAnswer tunnel(Tunnel tunnel) {
        TunnelFigures figures = tunnel.figures();
        return new DeviceAnswer.TunnelAnswer(
                tunnel.id(),
                tunnel.peer().key().value(),
                tunnel.peer().user(),
                tunnel.peer().client(),
                tunnel.peer().kex(),
                Words.address(tunnel.peer().address()),
                tunnel.peer().since(),
                figures.streams(),
                figures.bytesIn(),
                figures.bytesOut(),
                figures.roundTripMillis() < 0 ? Optional.empty() : Optional.of(figures.roundTripMillis()),
                figures.missedKeepalives(),
                tunnels.offers().stream()
                        .filter(offer -> offer.tunnel().id() == tunnel.id())
                        .map(Offer::port)
                        .sorted()
                        .map(PortNumber::value)
                        .toList());
    }

    private static DeviceAnswer.Refusal refusal(RecentEvents.Refused refused) {
        return new DeviceAnswer.Refusal(
                refused.at(),
                refused.why().fault().code(),
                refused.why().cause(),
                refused.why().fix());
    }

    private static List<String> urlsOf(List<HostnameAnswer> hostnames, List<PortAnswer> ports) {
        Set<String> urls = new LinkedHashSet<>();
        hostnames.stream()
                .filter(hostname -> !hostname.hostname().startsWith("*"))
                .forEach(hostname -> urls.add(hostname.url()));
        ports.stream()
                .filter(port -> port.kind().equals("open"))
                .forEach(port -> port.url().ifPresent(urls::add));
        return List.copyOf(urls);
    }

    private DeviceAnswer.Connect connect(Device device) {
        String user = config.ssh().user().orElse(ANY_USER);
        return new DeviceAnswer.Connect(
                urls.host(),
                urls.sshPort(),
                user,
                config.ssh().user().isEmpty(),
                device.mainPort().value(),
                hostKeys(),
                command(device, user));
    }

    List<DeviceAnswer.HostKey> hostKeys() {
        return facts.hostKeys().stream()
                .map(key -> new DeviceAnswer.HostKey(key.type(), key.fingerprint()))
                .toList();
    }

    /** What a stock client needs so that it never sits there without its tunnel, and comes back by itself. */
    private String command(Device device, String user) {
        List<PortNumber> asked = device.ports().stream()
                .map(Port::number)
                .filter(port -> !port.equals(device.automaticPort()) || port.equals(device.mainPort()))
                .toList();
        return "ssh -N "
                + asked.stream().map(port -> "-R " + port + ":localhost:443 ").collect(Collectors.joining())
                + "-o ExitOnForwardFailure=yes -o ServerAliveInterval=15 -p " + urls.sshPort() + " " + user + "@"
                + urls.host();
    }

    private List<Notice> warnings(
            Directory directory, Device device, List<PortAnswer> portAnswers, List<HostnameAnswer> hostnames) {
        List<Notice> warnings = new ArrayList<>();
        kernel.warnings(device).forEach(warning -> warnings.add(Problems.notice(warning)));
        portAnswers.stream()
                .flatMap(port -> port.forward().stream())
                .flatMap(forward -> forward.problem().stream())
                .filter(notice -> !warnings.contains(notice))
                .forEach(warnings::add);
        SharedName.warning(directory, device).ifPresent(warning -> warnings.add(Problems.notice(warning)));
        hostnames.forEach(hostname -> warnings.addAll(hostname.warnings()));
        return warnings;
    }
}
