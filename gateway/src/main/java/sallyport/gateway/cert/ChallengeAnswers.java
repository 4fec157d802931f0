package sallyport.gateway.cert;

import java.util.Optional;
import sallyport.gateway.directory.Hostname;

/**
 * The challenges that wait to be looked at by a certificate authority. Only what this gateway has asked for is ever found
 * here. Called on event loops: answers from memory and never blocks.
 */
public interface ChallengeAnswers {
    /** Before every path of a challenge (RFC 8555 section 8.3). */
    String HTTP_PATH = "/.well-known/acme-challenge/";

    /** The only protocol that a looking authority offers (RFC 8737 section 6.2). */
    String TLS_PROTOCOL = "acme-tls/1";

    /** No challenge is ever under way. */
    ChallengeAnswers NONE = new ChallengeAnswers() {
        @Override
        public Optional<String> findHttp(Hostname name, String token) {
            return Optional.empty();
        }

        @Override
        public Optional<ServerCertificate> findTls(Hostname name) {
            return Optional.empty();
        }
    };

    /** What stands behind {@link #HTTP_PATH} and a token. */
    Optional<String> findHttp(Hostname name, String token);

    /** The certificate that a tls-alpn-01 challenge wants to see. */
    Optional<ServerCertificate> findTls(Hostname name);
}
