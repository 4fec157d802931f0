package sallyport.gateway.cert;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a TLS server shows and signs with. Compared by identity where it is a cache key; never printed.
 *
 * @param chain the server's own certificate first, then the issuing ones (RFC 8446 section 4.4.2); never empty
 * @param key the private key of the first certificate
 */
public record ServerCertificate(List<X509Certificate> chain, PrivateKey key) {
    public ServerCertificate {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a chain needs a certificate");
        }
    }

    /** The server's own certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Names the certificate alone: a key has no place in a log. */
    @Override
    public String toString() {
        return "ServerCertificate[" + certificate().getSubjectX500Principal() + "]";
    }
}
