package sallyport.gateway.edge;

import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.cert.CertificateSource;
import sallyport.gateway.cert.ServerCertificate;
import sallyport.gateway.directory.Hostname;

/** The TLS context for a name, by the certificate that covers it. Any thread. */
record Certificates(CertificateSource source, TlsContexts contexts) {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);

    /** What a certificate authority wants to see that looks at a challenge of ours; empty when none is under way. */
    Optional<SslContext> findChallenge(Hostname name) {
        try {
            Optional<ServerCertificate> answer = source.challenges().findTls(name);
            return answer.isPresent() ? Optional.of(TlsContexts.challenge(answer.get())) : Optional.empty();
        } catch (SSLException e) {
            log.error("the challenge for {} cannot be shown: {}", name, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The context with these application protocols, the preferred one first.
     *
     * <p>Empty when no certificate covers the name, or the TLS library does not take it (logged).
     */
    Optional<SslContext> find(Hostname name, List<String> protocols) {
        Optional<ServerCertificate> certificate = source.find(name);
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(contexts.server(certificate.get(), protocols));
        } catch (SSLException e) {
            log.error("the certificate for {} cannot be used: {}", name, e.getMessage());
            return Optional.empty();
        }
    }
}
