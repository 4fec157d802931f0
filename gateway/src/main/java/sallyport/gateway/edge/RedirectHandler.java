package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.cert.ChallengeAnswers;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;

/**
 * Answers every request on port 80 with the way to HTTPS, after the challenges of certificate authorities (RFC 8555 section
 * 8.3). The target is copied byte for byte; the host is one that the
 * gateway serves, so this sends nobody to a stranger. Runs on the visitor's loop.
 */
final class RedirectHandler extends ChannelInboundHandlerAdapter {
    private static final int HTTPS = 443;

    private final AccessRules access;
    private final ChallengeAnswers challenges;
    private final IntSupplier publicPort;
    private final InetSocketAddress peer;
    private final TrustedProxies proxies;
    private final Timers timers;
    private final GatewayEvents events;
    private final Deadlines deadlines;
    private @Nullable Deadline deadline;
    private boolean closing;

    /** @param peer where the visitor is, behind whatever balancer */
    RedirectHandler(
            AccessRules access,
            ChallengeAnswers challenges,
            FrontSettings settings,
            InetSocketAddress peer,
            Timers timers,
            GatewayEvents events) {
        this.access = access;
        this.challenges = challenges;
        this.publicPort = settings.publicPort();
        this.peer = peer;
        this.proxies = settings.proxies();
        this.timers = timers;
        this.events = events;
        this.deadlines = settings.deadlines();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = new Deadline(timers, ctx.executor());
        deadline.set(deadlines.requestHead(), ctx::close);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        switch (message) {
            case HttpRequest request -> answer(ctx, request);
            case Malformed malformed -> {
                refused(Optional.empty(), malformed.refusal().problem());
                write(ctx, ProblemPage.of(malformed.refusal(), null), false);
            }
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest request) {
        long started = timers.nanoTime();
        Exchange exchange = new Exchange(request, started);
        if (proxies.include(peer.getAddress())) {
            exchange.introduction = proxies.introduce(peer, request.headers());
        }
        FullHttpResponse answer = redirect(exchange);
        served(exchange, answer);
        write(ctx, answer, exchange.keepAlive && exchange.requestDone);
    }

    private FullHttpResponse redirect(Exchange exchange) {
        HttpRequest request = exchange.request;
        Optional<Hostname> host = host(request);
        if (host.isEmpty()) {
            return refusal(request, HttpResponseStatus.BAD_REQUEST, Fault.BAD_REQUEST.problem("detail", "no Host"));
        }
        Optional<FullHttpResponse> challenge = challenge(request, host.get());
        if (challenge.isPresent()) {
            return challenge.get();
        }
        if (!access.knows(host.get())) {
            return refusal(request, HttpResponseStatus.NOT_FOUND, Fault.UNKNOWN_HOSTNAME.problem());
        }
        return switch (RequestRules.check(request, host.get(), RedirectFront.class.getName())) {
            case RequestRules.Verdict.Rejected rejected -> ProblemPage.of(rejected.refusal(), request);
            case RequestRules.Verdict.Accepted accepted ->
                endsTls(exchange)
                        ? refusal(request, HttpResponseStatus.BAD_GATEWAY, Fault.PROXY_ENDS_TLS.problem())
                        : moved(request, host.get(), accepted.target());
        };
    }

    /** A proxy that says https here would be sent to itself for ever. */
    private static boolean endsTls(Exchange exchange) {
        return exchange.introduction != null && exchange.introduction.scheme().equals(Optional.of("https"));
    }

    /** Only what was asked for by us: a device may have its own way to an authority, which goes on as any request does. */
    private Optional<FullHttpResponse> challenge(HttpRequest request, Hostname host) {
        String target = request.uri();
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!reads || !target.startsWith(ChallengeAnswers.HTTP_PATH)) {
            return Optional.empty();
        }
        return challenges
                .findHttp(host, target.substring(ChallengeAnswers.HTTP_PATH.length()))
                .map(answer -> {
                    ByteBuf body = Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII);
                    HttpHeaders fields =
                            DefaultHttpHeadersFactory.headersFactory().newHeaders();
                    fields.set("Content-Type", "application/octet-stream");
                    fields.set("Content-Length", body.readableBytes());
                    return new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.OK,
                            request.method().equals(HttpMethod.HEAD) ? Unpooled.EMPTY_BUFFER : body,
                            fields,
                            DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
                });
    }

    private FullHttpResponse moved(HttpRequest request, Hostname host, String target) {
        boolean safe =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        int port = publicPort.getAsInt();
        String authority = port == HTTPS ? host.value() : host.value() + ":" + port;
        HttpHeaders fields =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        fields.set("Location", "https://" + authority + (target.equals("*") ? "/" : target));
        fields.set("Content-Length", "0");
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                safe ? HttpResponseStatus.MOVED_PERMANENTLY : HttpResponseStatus.PERMANENT_REDIRECT,
                Unpooled.EMPTY_BUFFER,
                fields,
                DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
    }

    private static Optional<Hostname> host(HttpRequest request) {
        return Optional.ofNullable(request.headers().get(HttpHeaderNames.HOST))
                .flatMap(Authority::parse)
                .flatMap(authority -> {
                    try {
                        return Optional.of(new Hostname(authority.host()));
                    } catch (InvalidValue e) {
                        return Optional.empty();
                    }
                });
    }

    private static FullHttpResponse refusal(HttpRequest request, HttpResponseStatus status, Problem problem) {
        return ProblemPage.of(Refusal.of(status, problem), request);
    }

    private void write(ChannelHandlerContext ctx, FullHttpResponse answer, boolean keepAlive) {
        if (deadline != null) {
            deadline.touch();
        }
        if (keepAlive) {
            ctx.writeAndFlush(answer);
            return;
        }
        closing = true;
        answer.headers().set("Connection", "close");
        ctx.writeAndFlush(answer);
        Closing.gently(ctx.channel(), deadlines, timers);
    }

    private void served(Exchange exchange, FullHttpResponse answer) {
        Optional<Hostname> host = host(exchange.request);
        events.happened(new GatewayEvent.RequestServed(
                host.flatMap(access::findRoute).map(HostnameRoute::device),
                host,
                exchange.introduction == null ? peer : exchange.introduction.visitor(),
                AccessLog.asked(exchange),
                answer.status().code(),
                0,
                answer.content().readableBytes(),
                Optional.of(Duration.ofNanos(timers.nanoTime() - exchange.started)),
                Duration.ofNanos(timers.nanoTime() - exchange.started),
                Optional.empty()));
    }

    private void refused(Optional<Hostname> host, Problem why) {
        events.happened(new GatewayEvent.VisitorRefused(RedirectFront.NAME, peer, host, why));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.clear();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
