package sallyport.gateway.cert;

import java.util.Optional;
import sallyport.gateway.directory.Hostname;

/** Where the HTTPS front gets the certificate for a name. Called on event loops: answers from memory and never blocks. */
@FunctionalInterface
public interface CertificateSource {
    /**
     * The certificate to show to a visitor who asks for this name.
     *
     * @return the same object as long as the certificate is the same, so that callers may cache by identity; empty when
     *     there is none for the name (yet): the front answers with an alert, never with somebody else's certificate
     */
    Optional<ServerCertificate> find(Hostname name);

    /** The challenges that a certificate authority may look at. */
    default ChallengeAnswers challenges() {
        return ChallengeAnswers.NONE;
    }
}
