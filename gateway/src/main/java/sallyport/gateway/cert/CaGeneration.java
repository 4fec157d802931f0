package sallyport.gateway.cert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * One root with its issuing certificate, both constrained to the same names for as long as they live. It is one file of mode
 * 0600, so that it is there whole or not at all.
 *
 * @param names the name constraints: each permits itself and what lies below it (RFC 5280 section 4.2.1.10)
 */
record CaGeneration(
        Path file,
        List<Hostname> names,
        X509Certificate root,
        PrivateKey rootKey,
        X509Certificate issuing,
        PrivateKey issuingKey) {
    private static final Duration ROOT_LIFE = Duration.ofDays(3650);
    private static final Duration ISSUING_LIFE = Duration.ofDays(730);
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final int MAX_COMMON_NAME = 64;

    /** Makes a root and an issuing certificate for these names and stores them. */
    static CaGeneration create(Path file, List<Hostname> names, Instant now) {
        KeyPair rootPair = X509.newKeyPair();
        String label = label(names.getFirst(), rootPair);
        X509Certificate root = X509.authority(
                new X509.Subject("Sallyport root " + label, rootPair.getPublic()),
                new X509.Issuer("Sallyport root " + label, rootPair),
                names,
                1,
                new X509.Validity(now, ROOT_LIFE));
        return issue(file, names, root, rootPair.getPrivate(), now);
    }

    /** The same root with a new issuing certificate. */
    CaGeneration renewed(Instant now) {
        return issue(file, names, root, rootKey, now);
    }

    private static CaGeneration issue(
            Path file, List<Hostname> names, X509Certificate root, PrivateKey rootKey, Instant now) {
        KeyPair pair = X509.newKeyPair();
        String label = label(names.getFirst(), pair);
        X509Certificate issuing = X509.authority(
                new X509.Subject("Sallyport issuing " + label, pair.getPublic()),
                new X509.Issuer(root, rootKey),
                names,
                0,
                new X509.Validity(now, ISSUING_LIFE));
        PrivateFiles.write(file, Pem.bytes(root, rootKey, issuing, pair.getPrivate()));
        return new CaGeneration(file, names, root, rootKey, issuing, pair.getPrivate());
    }

    /** A name that no other gateway's certificate has: trust stores tell certificates apart by it. */
    private static String label(Hostname first, KeyPair pair) {
        String suffix = " " + HexFormat.of().formatHex(X509.keyId(pair.getPublic()), 0, 4);
        int room = MAX_COMMON_NAME - "Sallyport issuing ".length() - suffix.length();
        String name = first.value();
        return (name.length() > room ? name.substring(name.length() - room) : name) + suffix;
    }

    /**
     * Reads a stored generation.
     *
     * @throws ProblemException when it is damaged: a new root would not be trusted by anybody, so none is made silently
     */
    static CaGeneration read(Path file) {
        try {
            String text = Files.readString(file);
            List<X509Certificate> certificates = Pem.certificates(text);
            List<PrivateKey> keys = new ArrayList<>();
            for (String block :
                    KEY.matcher(text).results().map(result -> result.group()).toList()) {
                keys.add(Pem.privateKey(block));
            }
            if (certificates.size() != 2 || keys.size() != 2) {
                throw unreadable(file, "it is not complete");
            }
            return new CaGeneration(
                    file,
                    X509.permittedNames(certificates.getFirst()),
                    certificates.getFirst(),
                    keys.getFirst(),
                    certificates.getLast(),
                    keys.getLast());
        } catch (IOException | Pem.Unusable e) {
            throw unreadable(file, e.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
    }

    private static ProblemException unreadable(Path file, String detail) {
        return new ProblemException(Fault.LOCAL_CA_UNREADABLE.problem("file", file, "detail", detail));
    }

    /** True when a leaf for this name would hold under the constraints. */
    boolean covers(Hostname name) {
        return names.stream().anyMatch(base -> name.equals(base) || name.isBelow(base));
    }

    /** True once two thirds of the issuing certificate's life are over. */
    boolean due(Instant now) {
        return X509.due(issuing, now);
    }

    /** A new key with a certificate for these names, all of them covered. */
    ServerCertificate leaf(List<String> dnsNames, Instant now, Duration life) {
        KeyPair pair = X509.newKeyPair();
        X509Certificate leaf = X509.leaf(
                dnsNames, pair.getPublic(), new X509.Issuer(issuing, issuingKey), new X509.Validity(now, life));
        return new ServerCertificate(List.of(leaf, issuing), pair.getPrivate());
    }

    /** What must be permitted for these names: without those that lie below another one; for a wildcard, its domain. */
    static List<Hostname> bases(Set<Hostname> names) {
        Set<Hostname> bases = names.stream()
                .map(name -> name.isWildcard() ? name.findParent().orElseThrow() : name)
                .collect(Collectors.toSet());
        return bases.stream()
                .filter(name -> bases.stream().noneMatch(name::isBelow))
                .sorted()
                .collect(Collectors.toList());
    }
}
