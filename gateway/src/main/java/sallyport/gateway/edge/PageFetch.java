package sallyport.gateway.edge;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.Port;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.edge.RequestRules.Verdict.Accepted;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Gets single pages of devices for the gateway itself, with the same steps as a visitor's request. Every page is bounded in
 * bytes and time and has a connection of its own. {@link #get} blocks; for control-plane threads.
 */
public final class PageFetch {
    /** A page that is not there by then counts as silent. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);
    /** So much of a body is read; the rest is left at the device. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final String SELF = "sallyport-test";
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Tunnels tunnels;
    private final DeviceSpeech speech;
    private final EventLoopGroup loops;
    private final Timers timers;

    public PageFetch(Tunnels tunnels, DeviceSpeech speech, EventLoopGroup loops, Timers timers) {
        this.tunnels = tunnels;
        this.speech = speech;
        this.loops = loops;
        this.timers = timers;
    }

    /** What a test meets is its answer, and no event of a visitor; so it pins nothing either, and begins a session of its own. */
    private DeviceConnector devices() {
        DeviceContexts contexts = new DeviceContexts(new DevicePins(event -> {}));
        return new DeviceConnector(tunnels, speech, contexts, Deadlines.DEFAULT.handshake(), timers, event -> {});
    }

    /** What came of a request. */
    public sealed interface Outcome {
        record Got(Page page) implements Outcome {}

        record Failed(Problem why) implements Outcome {}
    }

    /**
     * An answer.
     *
     * @param fields as the device sent them
     * @param redirect where it sends the visitor
     * @param text the body's beginning, byte for character
     * @param tls how the connection to the device was secured
     */
    public record Page(
            int status,
            List<Map.Entry<String, String>> fields,
            Optional<Redirect> redirect,
            String text,
            Duration took,
            Optional<Secured> tls) {
        /** All values of a field. */
        public List<String> values(String name) {
            return fields.stream()
                    .filter(field -> field.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    /**
     * TLS towards a device.
     *
     * @param fingerprint SHA-256 of its certificate
     * @param names what the certificate calls it
     */
    public record Secured(String protocol, String cipher, String fingerprint, List<String> names) {}

    /**
     * GET, as a visitor of the hostname would send it.
     *
     * @param route with the options that shall hold for this request
     * @param visitorHost what would stand in the visitor's address line
     * @param more further fields
     */
    public Outcome get(HostnameRoute route, Port port, String visitorHost, String target, Map<String, String> more) {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
        request.headers().set("Host", visitorHost).set("Accept", "*/*").set("User-Agent", SELF);
        more.forEach(request.headers()::set);
        Exchange exchange = new Exchange(request, timers.nanoTime());
        DeviceRequest.prepare(exchange, new Accepted(target, visitorHost), new Visitor(route.hostname(), HERE), SELF);
        EventLoop loop = loops.next();
        Timers.Timeout late = timers.schedule(
                loop, PATIENCE, () -> result.complete(new Outcome.Failed(Fault.WEB_SERVER_SILENT.problem())));
        loop.execute(() -> devices().connect(new Destination.DevicePort(route, port), HERE, loop, outcome -> {
            switch (outcome) {
                case DeviceConnector.Outcome.Refused refused ->
                    result.complete(new Outcome.Failed(refused.refusal().problem()));
                case DeviceConnector.Outcome.Connected connected -> ask(exchange, connected.connection(), result);
            }
        }));
        try {
            return result.join();
        } finally {
            late.cancel();
        }
    }

    private void ask(Exchange exchange, DeviceConnection device, CompletableFuture<Outcome> result) {
        if (result.isDone()) {
            device.close();
            return;
        }
        RequestTranslation.apply(exchange, device);
        result.whenComplete((outcome, never) -> device.channel().eventLoop().execute(device::close));
        device.send(exchange.request, new PageCollector(exchange, device, timers, result));
        device.sendNoBody();
    }
}
