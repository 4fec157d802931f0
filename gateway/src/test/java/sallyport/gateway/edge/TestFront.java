package sallyport.gateway.edge;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.cert.CertificateSource;
import sallyport.gateway.cert.ChallengeAnswers;
import sallyport.gateway.cert.ServerCertificate;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOptions;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Doorstep;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.Tunnels;

/** A front on free ports of loopback, with one device {@code dev1.t.test} whose port 55443 leads where the test says. */
final class TestFront implements AutoCloseable {
    static final DeviceName DEV1 = new DeviceName("dev1");
    static final Hostname NAME = new Hostname("dev1.t.test");
    static final PortNumber PORT = new PortNumber(55443);
    private static final ServerCertificate CERTIFICATE = TestCertificates.selfSigned("dev1.t.test");

    final EventLoops loops = new EventLoops(1);
    final Timers timers;
    final List<GatewayEvent> events = new CopyOnWriteArrayList<>();
    final DirectoryHolder directory = new DirectoryHolder(Directory.empty());
    final Tunnels tunnels;
    volatile ChallengeAnswers shown = ChallengeAnswers.NONE;
    final Speaking speech = new Speaking();
    final Uploads uploads;
    final HttpsFront https;
    final RedirectFront http;
    final InetSocketAddress address;
    final InetSocketAddress plainAddress;
    private long version = 1;

    TestFront() {
        this(settings -> settings);
    }

    TestFront(UnaryOperator<FrontSettings> change) {
        this(change, new SystemTimers());
    }

    TestFront(UnaryOperator<FrontSettings> change, Timers timers) {
        this.timers = timers;
        tunnels = new Tunnels(timers, events::add);
        uploads = new Uploads(timers, events::add);
        FrontSettings settings = change.apply(settings());
        directory.subscribe(tunnels);
        https = new HttpsFront(
                settings, loops.group(), directory, tunnels, certificates(), speech, uploads, timers, events::add);
        http = new RedirectFront(
                settings, loops.group(), directory, certificates().challenges(), timers, events::add);
        address = https.start().getFirst();
        plainAddress = http.start().getFirst();
    }

    private CertificateSource certificates() {
        return new CertificateSource() {
            @Override
            public Optional<ServerCertificate> find(Hostname name) {
                return (name.value().endsWith("t.test") || name.value().equals("localhost"))
                        ? Optional.of(CERTIFICATE)
                        : Optional.empty();
            }

            @Override
            public ChallengeAnswers challenges() {
                return new ChallengeAnswers() {
                    @Override
                    public Optional<String> findHttp(Hostname name, String token) {
                        return shown.findHttp(name, token);
                    }

                    @Override
                    public Optional<ServerCertificate> findTls(Hostname name) {
                        return shown.findTls(name);
                    }
                };
            }
        };
    }

    static FrontSettings settings() {
        return new FrontSettings(
                List.of(new ListenAddress("127.0.0.1", 0, "")),
                () -> 8443,
                Optional.empty(),
                Doorstep.PLAIN,
                TrustedProxies.NONE,
                SshOnHttps.NONE,
                Deadlines.DEFAULT,
                1000);
    }

    /** The deadline that a test waits for; all others stay long, so that a busy machine meets only this one. */
    enum Soon implements UnaryOperator<FrontSettings> {
        HELLO,
        HANDSHAKE,
        REQUEST_HEAD,
        IDLE,
        ANSWER;

        private Duration of(Soon kind, Duration otherwise) {
            return this == kind ? Duration.ofMillis(300) : otherwise;
        }

        @Override
        public FrontSettings apply(FrontSettings settings) {
            Deadlines usual = settings.deadlines();
            return new FrontSettings(
                    settings.listen(),
                    settings.publicPort(),
                    settings.console(),
                    settings.doorstep(),
                    settings.proxies(),
                    settings.ssh(),
                    new Deadlines(
                            of(HELLO, usual.hello()),
                            of(HANDSHAKE, usual.handshake()),
                            of(REQUEST_HEAD, usual.requestHead()),
                            of(IDLE, usual.idle()),
                            of(ANSWER, usual.answer()),
                            usual.stall(),
                            usual.settle(),
                            usual.linger()),
                    settings.maxVisitors());
        }
    }

    /** The device is known and its tunnel is up. */
    static TestFront leadingTo(InetSocketAddress webServer) {
        TestFront front = new TestFront();
        front.publish(device -> device, route -> route);
        front.connect(webServer);
        return front;
    }

    static TestFront leadingTo(RawDevice device) {
        return leadingTo(device.address());
    }

    LoopbackTunnel connect(InetSocketAddress webServer) {
        LoopbackTunnel tunnel = new LoopbackTunnel(DEV1, loops.group().next(), Map.of(PORT, webServer));
        tunnels.started(tunnel);
        CompletableFuture<?> granted = new CompletableFuture<>();
        tunnel.loop()
                .execute(() -> tunnels.grant(tunnel, Port.privatePort(PORT), "localhost")
                        .thenRun(() -> tunnel.loop().execute(() -> granted.complete(null))));
        granted.join();
        return tunnel;
    }

    void disconnect(LoopbackTunnel tunnel) {
        tunnel.cut();
        tunnels.ended(tunnel);
    }

    static Device device() {
        return new Device(
                DEV1,
                "",
                List.of(),
                true,
                List.of(),
                List.of(),
                List.of(),
                List.of(Port.privatePort(PORT), Port.privatePort(new PortNumber(20001))),
                new PortNumber(20001),
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
    }

    static HostnameRoute route() {
        return new HostnameRoute(NAME, DEV1, PORT, TlsMode.TERMINATE, DeviceTls.AUTO, true, HostnameOptions.DEFAULTS);
    }

    /** Publishes the device, changed; blocking until everything that it forbids has ended. */
    void publish(UnaryOperator<Device> device, UnaryOperator<HostnameRoute> route) {
        directory
                .publish(new Directory(version++, List.of(device.apply(device())), List.of(route.apply(route()))))
                .join();
    }

    void publishNothing() {
        directory.publish(new Directory(version++, List.of(), List.of())).join();
    }

    static Device visitedFrom(Device device, String network) {
        return new Device(
                device.name(),
                device.title(),
                device.tags(),
                device.enabled(),
                device.keys(),
                device.keyFrom(),
                List.of(Cidr.parse(network)),
                device.ports(),
                device.automaticPort(),
                device.tls(),
                device.deviceTls(),
                device.legacyUntil(),
                device.created());
    }

    static Device disabled(Device device) {
        return new Device(
                device.name(),
                device.title(),
                device.tags(),
                false,
                device.keys(),
                device.keyFrom(),
                device.visitorFrom(),
                device.ports(),
                device.automaticPort(),
                device.tls(),
                device.deviceTls(),
                device.legacyUntil(),
                device.created());
    }

    static Device tlsSeen(Device device) {
        return new Device(
                device.name(),
                device.title(),
                device.tags(),
                device.enabled(),
                device.keys(),
                device.keyFrom(),
                device.visitorFrom(),
                List.of(new Port(PORT, Optional.empty(), true)),
                device.automaticPort(),
                device.tls(),
                device.deviceTls(),
                device.legacyUntil(),
                device.created());
    }

    static HostnameRoute passthrough(HostnameRoute route) {
        return new HostnameRoute(
                route.hostname(),
                route.device(),
                route.port(),
                TlsMode.PASSTHROUGH,
                route.deviceTls(),
                true,
                route.options());
    }

    static HostnameRoute speaking(HostnameRoute route, DeviceTls tls) {
        return new HostnameRoute(
                route.hostname(), route.device(), route.port(), route.tls(), tls, true, route.options());
    }

    static HostnameRoute with(HostnameRoute route, String option, String value) {
        return new HostnameRoute(
                route.hostname(),
                route.device(),
                route.port(),
                route.tls(),
                route.deviceTls(),
                route.automatic(),
                route.options().changed(Map.of(option, Optional.of(value))));
    }

    RawVisitor visitor() throws IOException {
        return RawVisitor.tls(address, NAME.value(), TestCertificates.trustingAnything());
    }

    /** Sends one request on a connection of its own and gives the whole answer, which must end in order. */
    String exchange(String request) throws IOException {
        try (RawVisitor visitor = visitor()) {
            return visitor.send(request).rest();
        }
    }

    <E extends GatewayEvent> List<E> events(Class<E> type) {
        List<E> found = new ArrayList<>();
        events.stream().filter(type::isInstance).map(type::cast).forEach(found::add);
        return found;
    }

    @Override
    public void close() {
        try {
            https.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop();
        loops.close();
        if (timers instanceof SystemTimers system) {
            system.close();
        }
    }

    /** What the probe has found out, as the test says; plain unless told otherwise. */
    static final class Speaking implements DeviceSpeech {
        final Map<PortNumber, Speech> known = new ConcurrentHashMap<>(Map.of(PORT, Speech.PLAIN));
        final AtomicInteger probes = new AtomicInteger();
        volatile @Nullable Speech next;
        volatile @Nullable Problem wrong;

        @Override
        public Speech of(DeviceName device, PortNumber port) {
            return known.getOrDefault(port, Speech.UNKNOWN);
        }

        @Override
        public Optional<Problem> problem(DeviceName device, PortNumber port) {
            return Optional.ofNullable(wrong);
        }

        @Override
        public CompletionStage<Speech> probe(DeviceName device, PortNumber port) {
            probes.incrementAndGet();
            Speech found = next;
            if (found != null) {
                known.put(port, found);
            }
            return CompletableFuture.completedFuture(of(device, port));
        }
    }
}
