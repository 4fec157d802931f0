package sallyport.gateway.edge;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.directory.PortNumber;

/**
 * The TLS settings towards devices: one context for each hostname and what is asked of its device. So a session can be
 * resumed with the device that it began with and under the terms that its certificate was accepted under, and never else
 * (RFC 8446 section 2.2: a resumed handshake shows no certificate). Any thread.
 */
final class DeviceContexts {
    /** Contexts kept; the least recently used goes first. */
    static final int MAX_CONTEXTS = 1024;
    /** Sessions kept for resumption with one device. */
    static final int MAX_SESSIONS = 16;

    private static final int SESSION_SECONDS = 3600;

    private final DevicePins pins;
    private final Map<Terms, SslContext> contexts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Terms, SslContext> eldest) {
            return size() > MAX_CONTEXTS;
        }
    };

    DeviceContexts(DevicePins pins) {
        this.pins = pins;
    }

    /**
     * What is asked of a device's TLS.
     *
     * @param legacy true while the operator allows what is too old or too weak
     */
    record Terms(Hostname hostname, DeviceName device, PortNumber port, DeviceCertificate certificate, boolean legacy) {
        /** Those of a hostname at this moment; a date includes its day, in UTC. */
        static Terms of(HostnameRoute route, Instant now) {
            boolean legacy = route.options()
                    .value(HostnameOption.DEVICE_TLS_LEGACY_UNTIL)
                    .filter(last -> !LocalDate.ofInstant(now, ZoneOffset.UTC).isAfter(last))
                    .isPresent();
            return new Terms(
                    route.hostname(),
                    route.device(),
                    route.port(),
                    route.options().value(HostnameOption.DEVICE_CERTIFICATE),
                    legacy);
        }
    }

    synchronized SslContext of(Terms terms) {
        return contexts.computeIfAbsent(terms, this::context);
    }

    private SslContext context(Terms terms) {
        boolean old = terms.legacy() && TlsContexts.PROVIDER == SslProvider.OPENSSL;
        try {
            SslContext context = SslContextBuilder.forClient()
                    .sslProvider(TlsContexts.PROVIDER)
                    .trustManager(new DeviceTrust(terms, pins))
                    .endpointIdentificationAlgorithm(null)
                    .protocols(
                            old
                                    ? new String[] {"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"}
                                    : new String[] {"TLSv1.3", "TLSv1.2"})
                    .sessionCacheSize(MAX_SESSIONS)
                    .sessionTimeout(SESSION_SECONDS)
                    .build();
            return context;
        } catch (SSLException e) {
            throw new IllegalStateException("the TLS library cannot be used", e);
        }
    }
}
