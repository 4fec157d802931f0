package sallyport.gateway.edge;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.edge.DeviceContexts.Terms;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * Decides whether the certificate that a device shows will do for a hostname. Called in the midst of a handshake, on the
 * visitor's loop. Names in the certificate are not looked at: devices rarely know theirs, and the tunnel has said who it is.
 */
final class DeviceTrust extends X509ExtendedTrustManager {
    /** Shorter keys need {@code device-tls-legacy-until} (NIST SP 800-57: 112 bits of strength). */
    static final int MIN_RSA_BITS = 2048;

    static final int MIN_EC_BITS = 224;

    private final Terms terms;
    private final DevicePins pins;

    DeviceTrust(Terms terms, DevicePins pins) {
        this.terms = terms;
        this.pins = pins;
    }

    /** Why a certificate will not do. */
    static final class Refused extends CertificateException {
        private final transient Problem problem;

        Refused(Problem problem) {
            super(problem.sentence());
            this.problem = problem;
        }
    }

    /** The refusal that made a handshake fail, if that was why. */
    static Optional<Problem> findRefusal(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof Refused refused) {
                return Optional.of(refused.problem);
            }
        }
        return Optional.empty();
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (!terms.legacy()) {
            checkStrength(chain[0]);
        }
        switch (terms.certificate()) {
            case DeviceCertificate.Any any -> {}
            case DeviceCertificate.Pinned pinned -> checkPin(pinned, chain[0]);
            case DeviceCertificate.Issued issued -> checkIssuer(issued, chain);
        }
    }

    private void checkStrength(X509Certificate certificate) throws CertificateException {
        PublicKey key = certificate.getPublicKey();
        int bits = key instanceof RSAKey rsa
                ? rsa.getModulus().bitLength()
                : key instanceof ECKey ec ? ec.getParams().getOrder().bitLength() : Integer.MAX_VALUE;
        int enough = key instanceof RSAKey ? MIN_RSA_BITS : MIN_EC_BITS;
        if (bits < enough) {
            throw weak("its " + key.getAlgorithm() + " key has " + bits + " bits");
        }
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signature.startsWith("SHA1") || signature.startsWith("MD5") || signature.startsWith("MD2")) {
            throw weak("it is signed with " + certificate.getSigAlgName());
        }
    }

    private Refused weak(String detail) {
        return new Refused(Fault.DEVICE_KEY_WEAK.problem("detail", detail, "hostname", terms.hostname()));
    }

    private void checkPin(DeviceCertificate.Pinned pinned, X509Certificate certificate) throws CertificateException {
        String shown = DeviceCertificate.fingerprint(certificate);
        Hostname hostname = terms.hostname();
        String wanted = pinned.fingerprint().orElseGet(() -> pins.firstUse(terms, shown));
        if (!wanted.equals(shown)) {
            pins.changed(terms, wanted, shown);
            throw new Refused(
                    Fault.DEVICE_CERTIFICATE_CHANGED.problem("hostname", hostname, "pinned", wanted, "shown", shown));
        }
    }

    private void checkIssuer(DeviceCertificate.Issued issued, X509Certificate[] chain) throws CertificateException {
        try {
            PKIXParameters parameters = new PKIXParameters(issued.authorities().stream()
                    .map(authority -> new TrustAnchor(authority, null))
                    .collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            List<X509Certificate> path = Arrays.stream(chain)
                    .filter(certificate -> !issued.authorities().contains(certificate))
                    .toList();
            if (path.isEmpty()) {
                return; // the authority's own certificate, set by the operator
            }
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (InvalidAlgorithmParameterException e) {
            throw new IllegalStateException(e);
        } catch (GeneralSecurityException e) {
            throw new Refused(Fault.DEVICE_CERTIFICATE_UNTRUSTED.problem(
                    "hostname", terms.hostname(), "detail", String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("devices are servers");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("devices are servers");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("devices are servers");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
