package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every pipeline of the front, in the order in which bytes from the network meet the handlers.
 *
 * <pre>
 * visitor, from balancer: HAProxyMessageDecoder, ProxyHeader, then as follows
 * visitor, first bytes:   HelloHandler
 * visitor, SSH:           the SSH door's handler
 * visitor, SSH in TLS:    SslHandler, HandshakeWatch, then SslHandler, Goodbye, the SSH door's handler
 * visitor, terminate:     SslHandler, HandshakeWatch, then as agreed
 * visitor, HTTP/1.1:      SslHandler, RequestDecoder, HttpResponseEncoder, Http1VisitorConnection, ProxyHandler
 * visitor, HTTP/2:        SslHandler, FrameGuard, Http2FrameCodec, Http2MultiplexHandler, Http2VisitorConnection
 * its streams:            Http2VisitorStream, ProxyHandler
 * its switched streams:   Http2Bytes, the bridge's side
 * authority, challenge:   SslHandler, ChallengeHandler
 * visitor, passthrough:   Passthrough, then the bridge's side
 * visitor, after 101:     SslHandler, the bridge's side
 * device:                 [SslHandler], RequestEncoder, ResponseDecoder, DeviceConnection
 * port 80:                RequestDecoder, HttpResponseEncoder, RedirectHandler
 * </pre>
 */
final class Pipelines {
    private Pipelines() {}

    static void hello(Channel channel, Front front, InetSocketAddress peer) {
        channel.pipeline().addLast(new HelloHandler(front, peer, channel.eventLoop()));
    }

    /** Behind the hello handler, which then leaves and passes on what it has read. */
    static void terminate(Channel channel, Front front, SslContext context, Visitor visitor) {
        secure(channel, front, context, visitor, agreed -> {
            if (agreed.equals(Optional.of(HelloHandler.HTTP_2))) {
                http2(channel, front, visitor);
            } else {
                http1(channel, front, visitor);
            }
        });
    }

    /** Behind the hello handler too; from the end of the handshake on it is none of the edge's business. */
    static void ssh(Channel channel, Front front, SslContext context, Visitor visitor) {
        secure(channel, front, context, visitor, agreed -> {
            front.visitors().remove(channel);
            channel.pipeline().addLast(new Goodbye());
            front.ssh().door().orElseThrow().enter((SocketChannel) channel, visitor.address());
        });
    }

    private static void secure(
            Channel channel, Front front, SslContext context, Visitor visitor, Consumer<Optional<String>> secured) {
        SslHandler tls = TlsContexts.handler(context, channel.alloc());
        tls.setHandshakeTimeout(front.deadlines().handshake().toMillis(), TimeUnit.MILLISECONDS);
        channel.pipeline().addLast(tls).addLast(new HandshakeWatch(front, visitor, secured));
    }

    /** When TLS is up and HTTP/1.1 was agreed upon, or nothing. */
    static void http1(Channel channel, Front front, Visitor visitor) {
        DevicePool devices = new DevicePool(front, visitor.address(), channel.eventLoop());
        Http1VisitorConnection connection = new Http1VisitorConnection(front, devices);
        devices.whenLoginEnds(connection::loginEnded);
        channel.pipeline()
                .addLast(new RequestDecoder())
                .addLast(new HttpResponseEncoder())
                .addLast(connection)
                .addLast(new ProxyHandler(front, visitor, devices, connection));
    }

    /** When TLS is up and HTTP/2 was agreed upon. */
    static void http2(Channel channel, Front front, Visitor visitor) {
        DevicePool devices = new DevicePool(front, visitor.address(), channel.eventLoop());
        Http2FrameCodec codec = Http2Codec.build();
        Http2VisitorConnection connection = new Http2VisitorConnection(front, visitor, devices, codec);
        channel.pipeline()
                .addLast(new FrameGuard(front.timers()::nanoTime, connection::end))
                .addLast(codec)
                .addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        connection.opened(stream);
                        Http2VisitorStream wire = new Http2VisitorStream(connection);
                        stream.pipeline().addLast(wire).addLast(new ProxyHandler(front, visitor, devices, wire));
                    }
                }))
                .addLast(connection);
    }

    /** Behind the hello handler too: a certificate authority looks and leaves. */
    static void challenge(Channel channel, Front front, SslContext context) {
        SslHandler tls = context.newHandler(channel.alloc());
        tls.setHandshakeTimeout(front.deadlines().handshake().toMillis(), TimeUnit.MILLISECONDS);
        channel.pipeline().addLast(tls).addLast(new ChallengeHandler());
    }

    /** Behind the hello handler too. */
    static void passthrough(Channel channel, Front front, Visitor visitor) {
        channel.pipeline().addLast(new Passthrough(front, visitor));
    }

    static void device(Channel channel, @Nullable SslHandler tls, Duration handshake, DeviceConnection connection) {
        ChannelPipeline pipeline = channel.pipeline();
        if (tls != null) {
            tls.setHandshakeTimeout(handshake.toMillis(), TimeUnit.MILLISECONDS);
            pipeline.addLast(tls);
        }
        pipeline.addLast(new RequestEncoder()).addLast(connection.decoder()).addLast(connection);
    }

    static void redirect(Channel channel, RedirectHandler handler) {
        channel.pipeline()
                .addLast(new RequestDecoder())
                .addLast(new HttpResponseEncoder())
                .addLast(handler);
    }
}
