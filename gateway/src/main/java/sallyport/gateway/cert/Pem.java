package sallyport.gateway.cert;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** PEM (RFC 7468) in and out. Keys come out as the JDK's own classes, which the TLS provider understands. */
final class Pem {
    private static final Pattern CERTIFICATE = Pattern.compile(
            "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----(.*?)-----END (?:X509 |TRUSTED )?CERTIFICATE-----",
            Pattern.DOTALL);

    private Pem() {}

    /** What stands in a file cannot be used; the reason never quotes the file. */
    static final class Unusable extends Exception {
        private final String reason;

        Unusable(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** All certificates of a text, in its order; what is no certificate is passed over. */
    static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher matcher = CERTIFICATE.matcher(text);
        while (matcher.find()) {
            try {
                byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
                certificates.add((X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
            } catch (CertificateException | IllegalArgumentException e) {
                return List.of(); // half a file: none of it is to be trusted
            }
        }
        return certificates;
    }

    /** The first private key of a text: PKCS#8, PKCS#1 or SEC1. */
    static PrivateKey privateKey(String text) throws Unusable {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                switch (part) {
                    case PEMKeyPair pair -> {
                        return jdkKey(pair.getPrivateKeyInfo());
                    }
                    case PrivateKeyInfo info -> {
                        return jdkKey(info);
                    }
                    case PEMEncryptedKeyPair encrypted ->
                        throw new Unusable("the key is encrypted; store it without a passphrase, mode 0600");
                    case PKCS8EncryptedPrivateKeyInfo encrypted ->
                        throw new Unusable("the key is encrypted; store it without a passphrase, mode 0600");
                    default -> {}
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new Unusable("its key cannot be read");
        }
        throw new Unusable("there is no private key in it");
    }

    /** The first public key of a text. */
    static PublicKey publicKey(String text) throws Unusable {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                if (part instanceof SubjectPublicKeyInfo info) {
                    return new JcaPEMKeyConverter().getPublicKey(info);
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new Unusable("its key cannot be read");
        }
        throw new Unusable("there is no public key in it");
    }

    private static PrivateKey jdkKey(PrivateKeyInfo info) throws PEMException {
        return new JcaPEMKeyConverter().getPrivateKey(info);
    }

    /** Keys (as PKCS#8) and certificates, one after the other. */
    static String write(Object... parts) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object part : parts) {
                writer.writeObject(part instanceof PrivateKey key ? new JcaPKCS8Generator(key, null) : part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The bytes of {@link #write}. */
    static byte[] bytes(Object... parts) {
        return write(parts).getBytes(StandardCharsets.US_ASCII);
    }
}
