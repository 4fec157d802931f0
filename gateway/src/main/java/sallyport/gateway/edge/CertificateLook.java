package sallyport.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.StreamRequest;

/**
 * One look at the certificate that a device shows under a name, on a stream of its own, which then closes. The certificate is
 * seen before the handshake is complete, so also when the device wants one of the visitor. Runs on the tunnel's loop.
 */
final class CertificateLook extends ChannelInboundHandlerAdapter implements X509TrustManager {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Offer offer;
    private final Hostname name;
    private final Timers timers;
    private Consumer<Optional<String>> ended = found -> {};
    private Optional<String> found = Optional.empty();
    private Timers.@Nullable Timeout deadline;
    private boolean over;

    CertificateLook(Offer offer, Hostname name, Timers timers) {
        this.offer = offer;
        this.name = name;
        this.timers = timers;
    }

    /** @param told once, on the loop: the fingerprint, if the device showed a certificate */
    void begin(Consumer<Optional<String>> told) {
        ended = told;
        offer.tunnel().loop().execute(() -> {
            deadline = timers.schedule(offer.tunnel().loop(), PATIENCE, this::end);
            offer.tunnel()
                    .open(new StreamRequest(
                            offer.port(),
                            new InetSocketAddress(DeviceProbe.origin(), 0),
                            offer.tunnel().loop(),
                            pipeline()))
                    .addListener(opened -> {
                        if (!opened.isSuccess()) {
                            end();
                        }
                    });
        });
    }

    private ChannelInitializer<Channel> pipeline() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) throws SSLException {
                SslHandler tls = SslContextBuilder.forClient()
                        .sslProvider(TlsContexts.PROVIDER)
                        .trustManager(CertificateLook.this)
                        .endpointIdentificationAlgorithm(null)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build()
                        .newHandler(channel.alloc(), name.value(), offer.port().value());
                channel.pipeline().addLast(tls).addLast(CertificateLook.this);
                channel.closeFuture().addListener(closed -> end());
                Closing.closeAfter(channel, PATIENCE, timers);
            }
        };
    }

    private void end() {
        if (!over) {
            over = true;
            if (deadline != null) {
                deadline.cancel();
            }
            ended.accept(found);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    // what it shows is taken down, whoever vouches for it

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
        found = Optional.of(DeviceCertificate.fingerprint(chain[0]));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
        throw new UnsupportedOperationException("a look is a client's");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
