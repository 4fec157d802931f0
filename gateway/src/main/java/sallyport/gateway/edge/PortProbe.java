package sallyport.gateway.edge;

import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.edge.DeviceProbe.Target;
import sallyport.gateway.edge.FirstAnswer.Kind;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.StreamRefused;
import sallyport.gateway.tunnel.StreamRequest;
import sallyport.gateway.tunnel.Tunnels;

/**
 * What one port of one device speaks: the last finding, the probe that runs, and when the next one is due.
 *
 * <p>The steps of a probe run on the tunnel's loop; the fields are guarded by this object's lock, which is held for one step
 * in memory. Events and futures are told outside of it.
 */
final class PortProbe {
    /** A ClientHello that nobody answers in this time was not understood. */
    static final Duration TLS_PATIENCE = Duration.ofSeconds(2);
    /** Small web servers take a moment for their first page. */
    static final Duration HTTP_PATIENCE = Duration.ofSeconds(4);
    /** A whole probe ends in this time, whatever the device does. */
    static final Duration WHOLE = Duration.ofSeconds(9);
    /** The client has to hear that its forward was granted before it takes a stream on it. */
    static final Duration AFTER_GRANT = Duration.ofMillis(100);

    static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Target target;
    private final Surroundings around;
    private final BooleanSupplier tlsRemembered;
    private final Runnable tlsSeen;
    private Speech speech = Speech.UNKNOWN;
    private @Nullable Problem problem;
    private boolean tlsEver;
    private boolean closed;
    private @Nullable Speech told;
    private @Nullable Run running;
    private long lastEnd;
    private boolean tried;
    private Duration pause = FIRST_PAUSE;
    private Timers.@Nullable Timeout next;

    /** What all probes share. */
    record Surroundings(
            Tunnels tunnels, Timers timers, GatewayEvents events, ByteBuffer clientHello, ByteBuffer request) {}

    PortProbe(Target target, Surroundings around, BooleanSupplier tlsRemembered, Runnable tlsSeen) {
        this.target = target;
        this.around = around;
        this.tlsRemembered = tlsRemembered;
        this.tlsSeen = tlsSeen;
    }

    synchronized Speech speech() {
        return speech;
    }

    /** A new owner: what the device before it said may be wrong now, except that it must be TLS when it was. */
    synchronized void offered(Offer offer) {
        if (speech != Speech.TLS) {
            speech = Speech.UNKNOWN;
        }
        told = null;
        tried = false;
        running = null;
        pause = FIRST_PAUSE;
        cancelNext();
        next = around.timers().schedule(offer.tunnel().loop(), AFTER_GRANT, this::probe);
    }

    /** Joins the running probe, repeats a bad finding that is younger than {@link #FIRST_PAUSE}, else begins. */
    CompletionStage<Speech> probe() {
        Run run;
        synchronized (this) {
            if (running != null) {
                return running.result;
            }
            boolean fresh = tried && around.timers().millisSince(lastEnd) < FIRST_PAUSE.toMillis();
            Optional<Offer> offer = around.tunnels()
                    .find(target.port())
                    .filter(found -> found.tunnel().device().equals(target.device()));
            if (closed || fresh || offer.isEmpty()) {
                return CompletableFuture.completedFuture(speech);
            }
            cancelNext();
            run = new Run(offer.get());
            running = run;
        }
        run.start();
        return run.result;
    }

    synchronized void close() {
        closed = true;
        cancelNext();
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** One probe: two streams at most, one after the other. Lives on the tunnel's loop. */
    private final class Run {
        private final Offer offer;
        private final CompletableFuture<Speech> result = new CompletableFuture<>();
        private Timers.@Nullable Timeout deadline;
        private @Nullable DuplexChannel stream;
        private boolean ended;

        Run(Offer offer) {
            this.offer = offer;
        }

        void start() {
            offer.tunnel().loop().execute(() -> {
                deadline = around.timers()
                        .schedule(
                                offer.tunnel().loop(),
                                WHOLE,
                                () -> end(Speech.DOWN, Fault.WEB_SERVER_SILENT.problem(), true));
                say(around.clientHello(), TLS_PATIENCE, this::helloAnswered);
            });
        }

        private void say(ByteBuffer words, Duration patience, Consumer<Kind> answered) {
            FirstAnswer handler = new FirstAnswer(words, patience, around.timers(), answered);
            InetSocketAddress origin = new InetSocketAddress(DeviceProbe.origin(), 0);
            offer.tunnel()
                    .open(new StreamRequest(
                            target.port(), origin, offer.tunnel().loop(), handler))
                    .addListener((Future<DuplexChannel> opened) -> opened(opened));
        }

        private void opened(Future<DuplexChannel> opened) {
            if (!opened.isSuccess()) {
                refused(opened.cause());
            } else if (ended) {
                opened.getNow().close();
            } else {
                stream = opened.getNow();
            }
        }

        private void refused(@Nullable Throwable cause) {
            StreamRefused.Reason reason =
                    cause instanceof StreamRefused refused ? refused.reason() : StreamRefused.Reason.LOST;
            switch (reason) {
                case REFUSED -> end(Speech.DOWN, Fault.WEB_SERVER_DOWN.problem(), true);
                case TIMEOUT -> end(Speech.DOWN, Fault.WEB_SERVER_SILENT.problem(), true);
                case OFFLINE, LOST, LIMIT -> end(Speech.UNKNOWN, null, false);
            }
        }

        private void helloAnswered(Kind kind) {
            if (kind == Kind.TLS) {
                end(Speech.TLS, null, true);
            } else if (tlsEver() || tlsRemembered.getAsBoolean()) {
                end(kind == Kind.CLOSED ? Speech.DOWN : Speech.UNKNOWN, lostTls(kind), true);
            } else {
                say(around.request(), HTTP_PATIENCE, plain -> requestAnswered(kind, plain));
            }
        }

        private Problem lostTls(Kind kind) {
            return switch (kind) {
                case HTTP, OTHER, TLS -> Fault.DEVICE_TLS_FAILED.problem();
                case SILENT -> Fault.WEB_SERVER_SILENT.problem();
                case CLOSED -> Fault.WEB_SERVER_DOWN.problem();
            };
        }

        /** A client that confirms every stream before it connects closes it at once when the web server is down. */
        private void requestAnswered(Kind toHello, Kind toRequest) {
            if (toRequest == Kind.HTTP) {
                end(Speech.PLAIN, null, true);
            } else if (toHello == Kind.CLOSED && toRequest == Kind.CLOSED) {
                end(Speech.DOWN, Fault.WEB_SERVER_DOWN.problem(), true);
            } else if (toHello == Kind.SILENT && toRequest == Kind.SILENT) {
                end(Speech.UNKNOWN, Fault.WEB_SERVER_SILENT.problem(), true);
            } else {
                end(Speech.UNKNOWN, Fault.SPEECH_UNKNOWN.problem(), true);
            }
        }

        private void end(Speech found, @Nullable Problem problem, boolean conclusive) {
            if (ended) {
                return;
            }
            ended = true;
            if (deadline != null) {
                deadline.cancel();
            }
            if (stream != null) {
                stream.close();
            }
            concluded(this, found, problem, conclusive);
        }
    }

    synchronized Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    private synchronized boolean tlsEver() {
        return tlsEver;
    }

    private void concluded(Run run, Speech found, @Nullable Problem problem, boolean conclusive) {
        boolean tell;
        boolean firstTls;
        synchronized (this) {
            if (running != run) { // a newer tunnel came meanwhile and is probed itself
                run.result.complete(found);
                return;
            }
            running = null;
            lastEnd = around.timers().nanoTime();
            tried = conclusive;
            firstTls = found == Speech.TLS && !tlsEver && !tlsRemembered.getAsBoolean();
            tlsEver |= found == Speech.TLS;
            speech = found;
            this.problem = problem;
            tell = conclusive && found != told;
            told = conclusive ? found : told;
            if (found == Speech.DOWN || found == Speech.UNKNOWN) {
                again(run.offer);
            } else {
                pause = FIRST_PAUSE;
            }
        }
        if (firstTls) {
            tlsSeen.run();
        }
        if (tell) {
            around.events()
                    .happened(new GatewayEvent.PortProbed(
                            target.device(), target.port(), found, Optional.ofNullable(problem)));
        }
        run.result.complete(found);
    }

    private void again(Offer offer) {
        boolean stands = around.tunnels()
                .find(target.port())
                .filter(current -> current.tunnel() == offer.tunnel())
                .isPresent();
        if (stands && !closed) {
            cancelNext();
            next = around.timers().schedule(offer.tunnel().loop(), pause, this::probe);
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        }
    }
}
