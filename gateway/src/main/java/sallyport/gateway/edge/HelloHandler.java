package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import sallyport.gateway.cert.ChallengeAnswers;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * The first handler of every visitor's connection: reads the ClientHello once and decides by the name in it. Whatever does
 * not name a known host ends here, with an alert if it was TLS and without a word if not. A client that speaks SSH, or that
 * says nothing for a while and thus may be waiting for the server of SSH to speak, goes on to the SSH door; so does one that
 * asks for SSH inside TLS, when its TLS is up. Runs on the visitor's loop.
 */
final class HelloHandler extends ChannelInboundHandlerAdapter {
    static final String HTTP_2 = "h2";
    static final String HTTP_1_1 = "http/1.1";

    /** How an SSH client begins (RFC 4253 section 4.2). */
    private static final ByteBuf SSH = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("SSH-", StandardCharsets.US_ASCII).asReadOnly());

    private final Front front;
    private final InetSocketAddress peer;
    private final Deadline greeting;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private final Deadline deadline;
    private boolean decided;

    /** @param peer where the visitor is, behind whatever balancer */
    HelloHandler(Front front, InetSocketAddress peer, Executor loop) {
        this.front = front;
        this.peer = peer;
        this.deadline = new Deadline(front.timers(), loop);
        this.greeting = new Deadline(front.timers(), loop);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        front.ssh().greetAfter().ifPresent(after -> greeting.set(after, () -> enterSsh(ctx)));
        deadline.set(front.deadlines().hello(), () -> {
            Problem late = Fault.HELLO_TIMEOUT.problem(
                    "seconds", front.deadlines().hello().toSeconds());
            refuse(Optional.empty(), late);
            ctx.close();
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (decided || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
            return;
        }
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, bytes);
        greeting.clear();
        if (front.ssh().door().isPresent() && received.getByte(received.readerIndex()) == 'S') {
            recogniseSsh(ctx);
            return;
        }
        switch (ClientHelloParser.parse(received)) {
            case ClientHello.Result.Incomplete incomplete -> {}
            case ClientHello.Result.Complete complete -> route(ctx, complete.hello());
            case ClientHello.Result.NotTls other -> {
                refuse(Optional.empty(), notTls(other));
                ctx.close();
            }
            case ClientHello.Result.Refused refused ->
                alert(ctx, refused.alert(), Optional.empty(), Fault.HELLO_REFUSED.problem("detail", refused.why()));
        }
    }

    private Problem notTls(ClientHello.Result.NotTls other) {
        return ProxyHeader.begins(received)
                ? Fault.PROXY_HEADER_FORBIDDEN.problem(
                        "address", peer.getAddress().getHostAddress(), "key", ProxyHeader.key(HttpsFront.NAME))
                : Fault.NOT_TLS.problem("what", other.what());
    }

    /** No TLS record and no method of HTTP that is in use begins like this. */
    private void recogniseSsh(ChannelHandlerContext ctx) {
        int length = Math.min(received.readableBytes(), SSH.readableBytes());
        if (!received.slice(received.readerIndex(), length).equals(SSH.slice(0, length))) {
            refuse(Optional.empty(), Fault.NOT_TLS.problem("what", "something that is not TLS"));
            ctx.close();
        } else if (length == SSH.readableBytes()) {
            enterSsh(ctx);
        }
    }

    /** From here on the connection is none of the edge's business. */
    private void enterSsh(ChannelHandlerContext ctx) {
        decide();
        front.visitors().remove(ctx.channel());
        front.ssh().door().orElseThrow().enter((SocketChannel) ctx.channel(), peer);
        leave(ctx);
    }

    private void route(ChannelHandlerContext ctx, ClientHello hello) {
        decide();
        Hostname name = hello.serverName();
        Visitor visitor = new Visitor(name, peer);
        Optional<HostnameRoute> route =
                front.ssh().owns(name) ? Optional.empty() : front.access().findRoute(name);
        if (route.isEmpty() && !front.access().isConsole(name) && !front.ssh().owns(name)) {
            alert(ctx, TlsAlert.UNRECOGNIZED_NAME, Optional.of(name), Fault.UNKNOWN_HOSTNAME.problem());
            return;
        }
        boolean through = route.isPresent() && route.get().tls() == TlsMode.PASSTHROUGH;
        if (through || !front.ssh().isInside(hello)) {
            route.ifPresent(known -> watch(ctx, visitor, known));
        }
        if (through) {
            Pipelines.passthrough(ctx.channel(), front, visitor);
            leave(ctx);
        } else {
            terminate(ctx, hello, visitor);
        }
    }

    private void watch(ChannelHandlerContext ctx, Visitor visitor, HostnameRoute route) {
        boolean manyVisitors = route.tls() == TlsMode.TERMINATE
                && front.proxies().include(visitor.address().getAddress());
        if (manyVisitors) {
            front.live().addProxy(ctx.channel(), visitor, route);
        } else {
            front.live().add(ctx.channel(), visitor, route);
        }
    }

    private void terminate(ChannelHandlerContext ctx, ClientHello hello, Visitor visitor) {
        Optional<Hostname> name = Optional.of(visitor.hostname());
        if (hello.protocols().equals(List.of(ChallengeAnswers.TLS_PROTOCOL))) {
            Optional<SslContext> challenge = front.certificates().findChallenge(visitor.hostname());
            if (challenge.isPresent()) {
                Pipelines.challenge(ctx.channel(), front, challenge.get());
                leave(ctx);
                return;
            }
        }
        if (front.ssh().isInside(hello)) {
            secure(
                    ctx,
                    List.of(SshOnHttps.PROTOCOL),
                    visitor,
                    context -> Pipelines.ssh(ctx.channel(), front, context, visitor));
            return;
        }
        List<String> spoken = front.versions().of(front.access().findRoute(visitor.hostname()));
        if (!hello.protocols().isEmpty() && Collections.disjoint(hello.protocols(), spoken)) {
            alert(ctx, TlsAlert.NO_APPLICATION_PROTOCOL, name, Fault.NO_COMMON_PROTOCOL.problem());
            return;
        }
        secure(ctx, spoken, visitor, context -> Pipelines.terminate(ctx.channel(), front, context, visitor));
    }

    private void secure(
            ChannelHandlerContext ctx, List<String> spoken, Visitor visitor, Consumer<SslContext> pipeline) {
        Optional<SslContext> context = front.certificates().find(visitor.hostname(), spoken);
        if (context.isEmpty()) {
            Problem none = Fault.NO_CERTIFICATE.problem("hostname", visitor.hostname());
            alert(ctx, TlsAlert.UNRECOGNIZED_NAME, Optional.of(visitor.hostname()), none);
            return;
        }
        pipeline.accept(context.get());
        leave(ctx);
    }

    /** The handlers behind this one read from the first byte on. */
    private void leave(ChannelHandlerContext ctx) {
        ByteBuf first = received;
        received = Unpooled.EMPTY_BUFFER;
        if (first.isReadable()) {
            ctx.fireChannelRead(first);
        } else {
            first.release();
        }
        ctx.pipeline().remove(this);
    }

    private void decide() {
        decided = true;
        deadline.clear();
        greeting.clear();
    }

    private void alert(ChannelHandlerContext ctx, TlsAlert alert, Optional<Hostname> name, Problem why) {
        refuse(name, why);
        ctx.writeAndFlush(alert.record());
        Closing.gently(ctx.channel(), front.deadlines(), front.timers());
    }

    private void refuse(Optional<Hostname> name, Problem why) {
        decide();
        front.events().happened(new GatewayEvent.VisitorRefused(HttpsFront.NAME, peer, name, why));
    }

    /** A connection that says nothing and leaves is a health check; half a hello is worth a line. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!decided && received.isReadable()) {
            refuse(Optional.empty(), Fault.HELLO_REFUSED.problem("detail", "it broke off"));
        }
        decide();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        received.release();
        received = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
