package sallyport.gateway.edge;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.edge.AccessRules.Destination;
import sallyport.gateway.edge.DeviceContexts.Terms;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Slip;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Opens connections to devices: finds out what the port speaks, opens a stream through the tunnel, makes TLS on it. Called
 * and answered on the visitor's loop; never blocks.
 */
final class DeviceConnector {
    /** How often a connection is tried anew when its tunnel ended while it was being opened. */
    static final int MAX_ATTEMPTS = 3;
    /** What a page suggests while a device is away: a restart of its client takes seconds. */
    static final int RETRY_AFTER_SECONDS = 10;

    private final Tunnels tunnels;
    private final DeviceSpeech speech;
    private final DeviceContexts tls;
    private final Duration handshake;
    private final Timers timers;
    private final GatewayEvents events;

    DeviceConnector(
            Tunnels tunnels,
            DeviceSpeech speech,
            DeviceContexts tls,
            Duration handshake,
            Timers timers,
            GatewayEvents events) {
        this.tunnels = tunnels;
        this.speech = speech;
        this.tls = tls;
        this.handshake = handshake;
        this.timers = timers;
        this.events = events;
    }

    sealed interface Outcome {
        record Connected(DeviceConnection connection) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    /** The tunnel that offers a port now. */
    OptionalLong tunnel(PortNumber port) {
        return tunnels.find(port).stream()
                .mapToLong(offer -> offer.tunnel().id())
                .findFirst();
    }

    /** Opens a connection; {@code outcome} hears of it exactly once, on {@code loop}. */
    void connect(Destination to, InetSocketAddress visitor, EventLoop loop, Consumer<Outcome> outcome) {
        switch (to) {
            case Destination.Console console -> connectConsole(console, loop, outcome);
            case Destination.DevicePort port -> new Attempt(port, visitor, loop, outcome).start();
        }
    }

    private void connectConsole(Destination.Console console, EventLoop loop, Consumer<Outcome> outcome) {
        ChannelHandler pipeline = devicePipeline(console, false, new DeviceConnection.Ready() {
            @Override
            public void ready(DeviceConnection connection) {
                outcome.accept(new Outcome.Connected(connection));
            }

            @Override
            public void failed(@Nullable Throwable cause) {
                outcome.accept(refused(HttpResponseStatus.BAD_GATEWAY, Fault.GATEWAY_FAILED));
            }
        });
        new Bootstrap()
                .group(loop)
                .channel(EventLoops.socket())
                .handler(pipeline)
                .connect(console.address())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        outcome.accept(refused(HttpResponseStatus.BAD_GATEWAY, Fault.GATEWAY_FAILED));
                    }
                });
    }

    private ChannelHandler devicePipeline(Destination to, boolean secured, DeviceConnection.Ready ready) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                DeviceConnection connection = new DeviceConnection(to, slip -> mended(to, slip), ready);
                SslHandler secure = secured && to instanceof Destination.DevicePort port ? secure(port, channel) : null;
                Pipelines.device(channel, secure, handshake, connection);
            }
        };
    }

    /** The name and number of the peer find the sessions that can be resumed; without a dot, the name goes into no hello. */
    private SslHandler secure(Destination.DevicePort to, Channel channel) {
        Terms terms = Terms.of(to.route(), timers.now());
        return tls.of(terms)
                .newHandler(
                        channel.alloc(), terms.device().value(), terms.port().value());
    }

    private void mended(Destination by, Slip slip) {
        if (by instanceof Destination.DevicePort port) {
            HostnameRoute route = port.route();
            events.happened(new GatewayEvent.AnswerMended(route.device(), route.port(), slip));
        }
    }

    private static Outcome refused(HttpResponseStatus status, Fault fault) {
        return new Outcome.Refused(Refusal.of(status, fault.problem()));
    }

    /** The opening of one connection, with its repetitions. */
    private final class Attempt {
        private final Destination.DevicePort to;
        private final HostnameRoute route;
        private final InetSocketAddress visitor;
        private final EventLoop loop;
        private final Consumer<Outcome> outcome;
        private int attempts;

        Attempt(Destination.DevicePort to, InetSocketAddress visitor, EventLoop loop, Consumer<Outcome> outcome) {
            this.to = to;
            this.route = to.route();
            this.visitor = visitor;
            this.loop = loop;
            this.outcome = outcome;
        }

        void start() {
            Speech known = speech.of(route.device(), route.port());
            if (known == Speech.TLS || known == Speech.PLAIN || decided()) {
                open(known);
            } else if (tunnels.find(route.port()).isPresent()) {
                probe();
            } else {
                awaitTunnel();
            }
        }

        /** True when the operator or an earlier answer in TLS leaves nothing to be found out. */
        private boolean decided() {
            return route.deviceTls() != DeviceTls.AUTO || to.port().tlsSeen();
        }

        private void probe() {
            speech.probe(route.device(), route.port())
                    .whenComplete((found, never) -> loop.execute(() -> {
                        switch (found) {
                            case TLS, PLAIN -> open(found);
                            case DOWN -> refuseMute(Fault.WEB_SERVER_DOWN);
                            case UNKNOWN -> refuseMute(Fault.SPEECH_UNKNOWN);
                        }
                    }));
        }

        /** A port that takes connections and says nothing is silent (504), whatever else is told of it. */
        private void refuseMute(Fault otherwise) {
            boolean silent = speech.problem(route.device(), route.port())
                    .filter(problem -> problem.fault() == Fault.WEB_SERVER_SILENT)
                    .isPresent();
            refuse(
                    silent ? HttpResponseStatus.GATEWAY_TIMEOUT : HttpResponseStatus.BAD_GATEWAY,
                    silent ? Fault.WEB_SERVER_SILENT : otherwise);
        }

        /** Nothing is known and no tunnel is there: the wait for it costs one stream, which the probe must not find busy. */
        private void awaitTunnel() {
            openStream(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.config().setAutoRead(false);
                        }
                    })
                    .addListener((Future<DuplexChannel> opened) -> {
                        if (opened.isSuccess()) {
                            opened.getNow().close().addListener(closed -> probe());
                        } else {
                            streamFailed(opened.cause(), this::awaitTunnel);
                        }
                    });
        }

        private void open(Speech known) {
            boolean plainNow = route.deviceTls() == DeviceTls.AUTO && known == Speech.PLAIN;
            if (plainNow && to.port().tlsSeen()) {
                speech.probe(route.device(), route.port());
                refusePlain();
                return;
            }
            boolean secured = route.deviceTls() == DeviceTls.YES
                    || (route.deviceTls() == DeviceTls.AUTO
                            && (known == Speech.TLS || to.port().tlsSeen()));
            OptionalLong before = tunnel(route.port());
            ChannelHandler pipeline = devicePipeline(to, secured, new DeviceConnection.Ready() {
                @Override
                public void ready(DeviceConnection connection) {
                    outcome.accept(new Outcome.Connected(connection));
                }

                @Override
                public void failed(@Nullable Throwable cause) {
                    connectionFailed(known, before, cause);
                }
            });
            openStream(pipeline).addListener((Future<DuplexChannel> opened) -> {
                if (!opened.isSuccess()) {
                    streamFailed(opened.cause(), () -> open(known));
                }
            });
        }

        private Future<DuplexChannel> openStream(ChannelHandler handler) {
            attempts++;
            return tunnels.open(route.device(), new StreamRequest(route.port(), visitor, loop, handler));
        }

        private void streamFailed(@Nullable Throwable cause, Runnable again) {
            if (!(cause instanceof StreamRefused refused)) {
                refuse(HttpResponseStatus.BAD_GATEWAY, Fault.GATEWAY_FAILED);
                return;
            }
            switch (refused.reason()) {
                case OFFLINE -> refuseAway();
                case REFUSED -> refuse(HttpResponseStatus.BAD_GATEWAY, Fault.WEB_SERVER_DOWN);
                case TIMEOUT -> refuse(HttpResponseStatus.GATEWAY_TIMEOUT, Fault.WEB_SERVER_SILENT);
                case LIMIT ->
                    outcome.accept(new Outcome.Refused(new Refusal(
                            HttpResponseStatus.SERVICE_UNAVAILABLE, refused.problem(), RETRY_AFTER_SECONDS)));
                case LOST -> {
                    if (attempts < MAX_ATTEMPTS) {
                        again.run();
                    } else {
                        refuseAway();
                    }
                }
            }
        }

        /** The stream was open, and then there was no TLS on it. */
        private void connectionFailed(Speech known, OptionalLong before, @Nullable Throwable cause) {
            Optional<Problem> unfit = unfit(cause);
            if (unfit.isPresent()) {
                outcome.accept(new Outcome.Refused(Refusal.of(HttpResponseStatus.BAD_GATEWAY, unfit.get())));
            } else if (cause instanceof NotSslRecordException) {
                speech.probe(route.device(), route.port());
                if (to.port().tlsSeen()) {
                    refusePlain();
                } else {
                    refuse(HttpResponseStatus.BAD_GATEWAY, Fault.DEVICE_TLS_FAILED);
                }
            } else if (attempts < MAX_ATTEMPTS && !tunnel(route.port()).equals(before)) {
                open(known);
            } else {
                speech.probe(route.device(), route.port());
                refuse(HttpResponseStatus.BAD_GATEWAY, Fault.DEVICE_TLS_FAILED);
            }
        }

        /** What the device's TLS lacks, when that is why there is none. */
        private Optional<Problem> unfit(@Nullable Throwable cause) {
            Optional<Problem> refusal = DeviceTrust.findRefusal(cause);
            if (refusal.isPresent() || cause == null || !TlsContexts.isTooOld(cause)) {
                return refusal;
            }
            return Optional.of(Fault.DEVICE_TLS_OLD.problem("hostname", route.hostname()));
        }

        private void refusePlain() {
            outcome.accept(new Outcome.Refused(Refusal.of(
                    HttpResponseStatus.BAD_GATEWAY, Fault.PLAIN_AFTER_TLS.problem("hostname", route.hostname()))));
        }

        private void refuseAway() {
            outcome.accept(new Outcome.Refused(new Refusal(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, Fault.DEVICE_OFFLINE.problem(), RETRY_AFTER_SECONDS)));
        }

        private void refuse(HttpResponseStatus status, Fault fault) {
            outcome.accept(refused(status, fault));
        }
    }
}
