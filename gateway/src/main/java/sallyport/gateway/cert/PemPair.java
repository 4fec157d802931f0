package sallyport.gateway.cert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import sallyport.gateway.config.GatewayConfig.CertificateFiles;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/**
 * A certificate chain and the key that belongs to it, as they stood in their files at one moment.
 *
 * @param names the DNS names of the certificate, lower case
 */
record PemPair(CertificateFiles files, ServerCertificate certificate, List<String> names) {
    /** A chain with a key is a few KiB; what is larger is something else. */
    private static final long MAX_FILE = 1024 * 1024;

    private static final int SAN_DNS = 2;

    /**
     * Reads and checks a pair: key and certificate must belong together.
     *
     * @throws ProblemException naming the place in the configuration
     */
    static PemPair read(CertificateFiles files) {
        List<X509Certificate> certificates = Pem.certificates(text(files, files.certificate()));
        if (certificates.isEmpty()) {
            throw invalid(files, files.certificate(), "there is no certificate in it");
        }
        PrivateKey key = key(files);
        List<X509Certificate> chain = chain(certificates, key);
        if (chain.isEmpty()) {
            throw new ProblemException(Fault.CERTIFICATE_MISMATCH.problem(
                    "place", files.place(), "key", files.key(), "file", files.certificate()));
        }
        return new PemPair(files, new ServerCertificate(chain, key), dnsNames(files, chain.getFirst()));
    }

    private static PrivateKey key(CertificateFiles files) {
        try {
            return Pem.privateKey(text(files, files.key()));
        } catch (Pem.Unusable e) {
            throw invalid(files, files.key(), e.reason());
        }
    }

    private static String text(CertificateFiles files, Path file) {
        try {
            if (Files.size(file) > MAX_FILE) {
                throw invalid(files, file, "it is larger than " + MAX_FILE / 1024 + " KiB");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw invalid(files, file, "it does not exist");
        } catch (AccessDeniedException e) {
            throw invalid(files, file, "the gateway may not read it");
        } catch (IOException e) {
            throw invalid(files, file, Printable.shorten("" + e.getMessage()));
        }
    }

    private static ProblemException invalid(CertificateFiles files, Path file, String detail) {
        return new ProblemException(
                Fault.CERTIFICATE_UNREADABLE.problem("place", files.place(), "file", file, "detail", detail));
    }

    /**
     * The certificate of the key first, then those that issued it, whatever order the file has; a root at the end is left
     * out, as clients have their own (RFC 8446 section 4.4.2). Empty when the key belongs to none.
     */
    private static List<X509Certificate> chain(List<X509Certificate> certificates, PrivateKey key) {
        List<X509Certificate> chain = new ArrayList<>();
        List<X509Certificate> rest = new ArrayList<>(certificates);
        for (X509Certificate certificate : certificates) {
            if (belongs(certificate, key)) {
                chain.add(certificate);
                rest.remove(certificate);
                break;
            }
        }
        boolean found = !chain.isEmpty();
        while (found) {
            X509Certificate last = chain.getLast();
            found = false;
            for (X509Certificate issuer : rest) {
                if (issuer.getSubjectX500Principal().equals(last.getIssuerX500Principal())
                        && !issuer.getSubjectX500Principal().equals(issuer.getIssuerX500Principal())) {
                    chain.add(issuer);
                    rest.remove(issuer);
                    found = true;
                    break;
                }
            }
        }
        return chain;
    }

    /** Signs a few bytes and verifies them: right for every kind of key. */
    private static boolean belongs(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA"; // Bouncy Castle, once it is registered, says ECDSA
            default -> "Ed25519";
        };
        byte[] probe = {1, 2, 3};
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            signer.update(probe);
            return signer.verify(signature);
        } catch (InvalidKeyException e) {
            return false; // a key of another kind
        } catch (GeneralSecurityException e) {
            return false; // a signature of another key
        }
    }

    /** The names that the certificate is for; without any (RFC 9525 section 2: the common name does not count) it serves none. */
    private static List<String> dnsNames(CertificateFiles files, X509Certificate certificate) {
        TreeSet<String> names = new TreeSet<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                all.stream()
                        .filter(name -> name.get(0).equals(SAN_DNS))
                        .forEach(name -> names.add(("" + name.get(1)).toLowerCase(Locale.ROOT)));
            }
        } catch (CertificateParsingException e) {
            throw invalid(files, files.certificate(), "its names cannot be read");
        }
        if (names.isEmpty()) {
            throw invalid(files, files.certificate(), "it has no DNS name (subjectAltName)");
        }
        return List.copyOf(names);
    }

    Instant expires() {
        return certificate.certificate().getNotAfter().toInstant();
    }

    boolean expiredAt(Instant now) {
        return !now.isBefore(expires());
    }

    boolean validAt(Instant now) {
        return !expiredAt(now)
                && !now.isBefore(certificate.certificate().getNotBefore().toInstant());
    }

    /** What to say once it is over. */
    Problem expiry() {
        return Fault.CERTIFICATE_EXPIRED.problem("file", files.certificate(), "expired", expires());
    }

    /** The first name, for metrics. */
    String label() {
        return names.getFirst();
    }

    boolean sameContent(PemPair other) {
        return certificate.chain().equals(other.certificate.chain())
                && Arrays.equals(
                        certificate.key().getEncoded(), other.certificate.key().getEncoded());
    }
}
