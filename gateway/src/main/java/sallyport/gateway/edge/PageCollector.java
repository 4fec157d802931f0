package sallyport.gateway.edge;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.edge.PageFetch.Outcome;
import sallyport.gateway.edge.PageFetch.Page;
import sallyport.gateway.edge.PageFetch.Secured;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.Timers;

/** Gathers one answer of a device, bounded. On the stream's loop. */
final class PageCollector implements DeviceConnection.Listener {
    private static final int DNS_NAME = 2;

    private final Exchange exchange;
    private final DeviceConnection device;
    private final Timers timers;
    private final CompletableFuture<Outcome> result;
    private final StringBuilder text = new StringBuilder();
    private @Nullable HttpResponse head;

    PageCollector(Exchange exchange, DeviceConnection device, Timers timers, CompletableFuture<Outcome> result) {
        this.exchange = exchange;
        this.device = device;
        this.timers = timers;
        this.result = result;
    }

    @Override
    public void answered(HttpObject part) {
        try {
            switch (part) {
                case FullHttpResponse interim -> {}
                case HttpResponse response -> begun(response);
                case HttpContent content -> more(content);
                default -> {}
            }
        } finally {
            ReferenceCountUtil.release(part);
        }
    }

    private void begun(HttpResponse response) {
        head = response;
        if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            complete(response);
        }
    }

    private void more(HttpContent content) {
        int room = PageFetch.MAX_BYTES - text.length();
        int length = Math.min(room, content.content().readableBytes());
        text.append(content.content().toString(content.content().readerIndex(), length, StandardCharsets.ISO_8859_1));
        HttpResponse begun = head;
        if (begun != null && (content instanceof LastHttpContent || text.length() >= PageFetch.MAX_BYTES)) {
            complete(begun);
        }
    }

    private void complete(HttpResponse response) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        response.headers().forEach(field -> fields.add(Map.entry(field.getKey(), field.getValue())));
        result.complete(new Outcome.Got(new Page(
                response.status().code(),
                List.copyOf(fields),
                redirect(response),
                text.toString(),
                Duration.ofNanos(timers.nanoTime() - exchange.started),
                secured())));
    }

    private Optional<Redirect> redirect(HttpResponse response) {
        String location = response.headers().get("Location");
        SpokenNames names = exchange.names;
        return location == null || names == null
                ? Optional.empty()
                : Optional.of(Redirect.of(names.toVisitor(location), names.visitorHost(), exchange.target));
    }

    private Optional<Secured> secured() {
        SslHandler tls = device.channel().pipeline().get(SslHandler.class);
        return tls == null
                ? Optional.empty()
                : Optional.of(describe(tls.engine().getSession()));
    }

    private static Secured describe(SSLSession session) {
        try {
            X509Certificate leaf = (X509Certificate) session.getPeerCertificates()[0];
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded());
            return new Secured(
                    session.getProtocol(),
                    session.getCipherSuite(),
                    HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest),
                    names(leaf));
        } catch (SSLPeerUnverifiedException | GeneralSecurityException e) {
            return new Secured(session.getProtocol(), session.getCipherSuite(), "none", List.of());
        }
    }

    private static List<String> names(X509Certificate leaf) throws GeneralSecurityException {
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> name.get(0).equals(DNS_NAME))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }

    @Override
    public void answeredForNow() {}

    @Override
    public void broken() {
        result.complete(new Outcome.Failed(Fault.ANSWER_BROKEN.problem()));
    }

    @Override
    public void deviceWritable(boolean writable) {}
}
