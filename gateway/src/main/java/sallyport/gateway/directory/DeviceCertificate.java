package sallyport.gateway.directory;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which certificate of a device's web server is believed, inside the tunnel that has authenticated the device already. */
public sealed interface DeviceCertificate {
    /** Any: it adds nothing to what the tunnel proves. */
    record Any() implements DeviceCertificate {}

    /**
     * One certificate alone.
     *
     * @param fingerprint of it, as {@link #fingerprint} gives it; empty until the device has shown its first one
     */
    record Pinned(Optional<String> fingerprint) implements DeviceCertificate {}

    /** Those that one of these authorities issued. */
    record Issued(List<X509Certificate> authorities) implements DeviceCertificate {
        public Issued {
            authorities = List.copyOf(authorities);
        }
    }

    /** How a fingerprint begins. */
    String HASH = "SHA256:";

    int MAX_AUTHORITIES = 8;
    Pattern FINGERPRINT = Pattern.compile(HASH + "[A-Za-z0-9+/]{43}");

    /** {@code SHA256:} and the Base64 of the certificate's SHA-256, without padding. */
    static String fingerprint(X509Certificate certificate) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HASH + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads {@code any}, {@code pinned}, {@code pinned:SHA256:...}, a PEM text, or {@code ca:BASE64,...} as it is stored. */
    static DeviceCertificate parse(String text) {
        if (text.equals("any")) {
            return new Any();
        }
        if (text.equals("pinned")) {
            return new Pinned(Optional.empty());
        }
        String pin = text.startsWith("pinned:") ? text.substring("pinned:".length()) : "";
        if (FINGERPRINT.matcher(pin).matches()) {
            return new Pinned(Optional.of(pin));
        }
        try {
            if (text.startsWith("ca:")) {
                return issued(Arrays.stream(text.substring("ca:".length()).split(",", -1))
                        .map(part -> "-----BEGIN CERTIFICATE-----\n" + part + "\n-----END CERTIFICATE-----\n")
                        .collect(Collectors.joining()));
            }
            if (text.contains("-----BEGIN CERTIFICATE-----")) {
                return issued(text);
            }
        } catch (GeneralSecurityException e) {
            throw new InvalidValue("option", "the certificates cannot be read", "Use the PEM text of the authority.");
        }
        throw new InvalidValue(
                "option",
                "\"" + Printable.shorten(text) + "\" says no certificate",
                "Use any, pinned, pinned:SHA256:..., or the PEM text of the authority that issues the device's.");
    }

    private static DeviceCertificate issued(String pem) throws CertificateException {
        List<X509Certificate> authorities = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (authorities.isEmpty() || authorities.size() > MAX_AUTHORITIES) {
            throw new InvalidValue(
                    "option",
                    authorities.size() + " certificates are given",
                    "There may be one to " + MAX_AUTHORITIES + " of them.");
        }
        return new Issued(authorities);
    }

    /** What {@link #parse} reads back. */
    default String text() {
        return switch (this) {
            case Any any -> "any";
            case Pinned pinned ->
                pinned.fingerprint().map(print -> "pinned:" + print).orElse("pinned");
            case Issued issued ->
                "ca:"
                        + issued.authorities().stream()
                                .map(DeviceCertificate::base64)
                                .collect(Collectors.joining(","));
        };
    }

    private static String base64(X509Certificate certificate) {
        try {
            return Base64.getEncoder().encodeToString(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
