package sallyport.gateway.edge;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import sallyport.gateway.cert.ChallengeAnswers;
import sallyport.gateway.cert.ServerCertificate;

/**
 * The TLS settings towards visitors. BoringSSL where its library loads, else the JDK's.
 *
 * <p>Server contexts are kept per certificate, never per name: what a stranger writes into a ClientHello must not grow a
 * table. Sessions are not resumed, so no ticket of one name is ever good for another. Any thread.
 */
final class TlsContexts {
    /** Contexts kept; the least recently used goes first. */
    static final int MAX_CONTEXTS = 1024;

    private static final String UNKNOWN = "unknown";

    static final SslProvider PROVIDER = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

    /**
     * Key exchanges by BoringSSL. The first cannot be broken by a quantum computer later (draft-ietf-tls-ecdhe-mlkem); the JDK
     * has none of the kind before version 27.
     */
    private static final List<String> GROUPS = List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1");

    private final Map<Identity, SslContext> contexts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, SslContext> eldest) {
            return size() > MAX_CONTEXTS;
        }
    };

    /** True when a handshake failed for want of a version of TLS that both sides speak (RFC 8446 section 6.2). */
    static boolean isTooOld(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            String words = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
            if (words.contains("unsupported_protocol")
                    || words.contains("protocol_version")
                    || words.contains("protocol version")) {
                return true;
            }
        }
        return false;
    }

    /** {@code BoringSSL} or {@code JDK}. */
    static String provider() {
        return PROVIDER == SslProvider.OPENSSL ? "BoringSSL" : "JDK";
    }

    /** What visitors are offered; empty where the library does not say. */
    static List<String> groups() {
        if (PROVIDER == SslProvider.OPENSSL) {
            return GROUPS;
        }
        try {
            String[] named = SSLContext.getDefault().getDefaultSSLParameters().getNamedGroups();
            return named == null ? List.of() : List.of(named);
        } catch (NoSuchAlgorithmException e) {
            return List.of();
        }
    }

    /** The group of a finished key exchange; {@code unknown} where the library does not say. */
    static String group(SslHandler tls) {
        if (tls.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            try {
                String name = SSL.getGroupName(engine.sslPointer());
                return name == null ? UNKNOWN : name;
            } catch (Exception e) { // declared by the native method, for a connection that has ended
                return UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    /** The context that shows this certificate and speaks these protocols. */
    synchronized SslContext server(ServerCertificate certificate, List<String> protocols) throws SSLException {
        Identity identity = new Identity(certificate, protocols);
        SslContext context = contexts.get(identity);
        if (context == null) {
            context = serverContext(certificate, protocols);
            contexts.put(identity, context);
        }
        return context;
    }

    /** A visitor's TLS. Without a session cache TLS 1.2 still resumes by ticket, so tickets are forbidden for each connection. */
    static SslHandler handler(SslContext context, ByteBufAllocator memory) {
        SslHandler tls = context.newHandler(memory);
        if (tls.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        return tls;
    }

    /** Shows a challenge's certificate under the protocol that is made for it and for nothing else (RFC 8737 section 3). */
    static SslContext challenge(ServerCertificate certificate) throws SSLException {
        return SslContextBuilder.forServer(
                        certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
                .sslProvider(PROVIDER)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ChallengeAnswers.TLS_PROTOCOL))
                .build();
    }

    private static SslContext serverContext(ServerCertificate certificate, List<String> protocols) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(
                        certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
                .sslProvider(PROVIDER)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols));
        if (PROVIDER == SslProvider.OPENSSL) {
            builder.option(OpenSslContextOption.GROUPS, GROUPS.toArray(String[]::new));
        }
        SslContext context = builder.build();
        if (context instanceof OpenSslServerContext openSsl) {
            openSsl.sessionContext().setSessionCacheEnabled(false);
        }
        return context;
    }

    /** Certificates are the same when they are the same object ({@code CertificateSource}). */
    private static final class Identity {
        private final ServerCertificate certificate;
        private final List<String> protocols;

        Identity(ServerCertificate certificate, List<String> protocols) {
            this.certificate = certificate;
            this.protocols = protocols;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Identity identity
                    && identity.certificate == certificate
                    && identity.protocols.equals(protocols);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(certificate) + protocols.hashCode();
        }
    }
}
