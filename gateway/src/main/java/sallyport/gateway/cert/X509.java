package sallyport.gateway.cert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import sallyport.gateway.directory.Hostname;

/** Builds certificates on P-256 as RFC 5280 and the browsers want them. Pure; any thread. */
final class X509 {
    /** A visitor's clock may be this late. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    private static final ASN1ObjectIdentifier ACME_IDENTIFIER = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");
    private static final int SERIAL_BITS = 127;
    private static final int MAX_COMMON_NAME = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private X509() {}

    /** Who the certificate is about. */
    record Subject(String commonName, PublicKey key) {}

    /** Who signs it. */
    record Issuer(X500Name name, PublicKey key, PrivateKey privateKey) {
        Issuer(String commonName, KeyPair pair) {
            this(X509.name(commonName), pair.getPublic(), pair.getPrivate());
        }

        Issuer(X509Certificate certificate, PrivateKey privateKey) {
            this(
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
                    certificate.getPublicKey(),
                    privateKey);
        }
    }

    /** From when and how long, the margin for late clocks included. */
    record Validity(Instant now, Duration life) {
        Date notBefore() {
            return Date.from(now.minus(CLOCK_SKEW));
        }

        /** The last second counts (RFC 5280 section 4.1.2.5), so the whole is not longer than the life. */
        Date notAfter() {
            return Date.from(now.minus(CLOCK_SKEW).plus(life).minusSeconds(1));
        }
    }

    static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate that may issue others for these names and below, and for no address. */
    static X509Certificate authority(
            Subject subject, Issuer issuer, List<Hostname> names, int pathLength, Validity validity) {
        GeneralSubtree[] permitted = names.stream()
                .map(name -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, name.value())))
                .toArray(GeneralSubtree[]::new);
        // a constraint on DNS names says nothing about addresses (RFC 5280 section 4.2.1.10): both families are
        // excluded
        GeneralSubtree[] excluded = {address(8), address(32)};
        try {
            X509v3CertificateBuilder builder = builder(name(subject.commonName()), subject.key(), issuer, validity)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(Extension.nameConstraints, true, new NameConstraints(permitted, excluded));
            if (pathLength == 0) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            }
            return sign(builder, issuer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GeneralSubtree address(int bytes) {
        return new GeneralSubtree(new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[bytes])));
    }

    /** A server's certificate for these DNS names, wildcards included. */
    static X509Certificate leaf(List<String> dnsNames, PublicKey key, Issuer issuer, Validity validity) {
        String first = dnsNames.getFirst();
        GeneralName[] names = dnsNames.stream()
                .map(name -> new GeneralName(GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        try {
            X509v3CertificateBuilder builder = builder(
                            name(first.length() > MAX_COMMON_NAME ? "Sallyport device" : first), key, issuer, validity)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            return sign(builder, issuer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a tls-alpn-01 challenge wants to see (RFC 8737 section 3): self-signed, for one name, with the digest of the key
     * authorisation in a critical extension.
     */
    static ServerCertificate challenge(Hostname name, byte[] digest, Validity validity) {
        KeyPair pair = newKeyPair();
        Issuer self = new Issuer("Sallyport challenge", pair);
        GeneralNames names = new GeneralNames(new GeneralName(GeneralName.dNSName, name.value()));
        try {
            X509v3CertificateBuilder builder = builder(self.name(), pair.getPublic(), self, validity)
                    .addExtension(Extension.subjectAlternativeName, false, names)
                    .addExtension(ACME_IDENTIFIER, true, new DEROctetString(digest));
            return new ServerCertificate(List.of(sign(builder, self)), pair.getPrivate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509v3CertificateBuilder builder(X500Name subject, PublicKey key, Issuer issuer, Validity validity)
            throws IOException {
        return new X509v3CertificateBuilder(
                        issuer.name(),
                        serial(),
                        validity.notBefore(),
                        validity.notAfter(),
                        subject,
                        SubjectPublicKeyInfo.getInstance(key.getEncoded()))
                .addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId(key)))
                .addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId(issuer.key())));
    }

    /** Positive, never zero, unpredictable (RFC 5280 section 4.1.2.2). */
    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, Issuer issuer) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.privateKey())));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The leftmost 160 bits of the key's SHA-256 (RFC 7093 section 2, method 1). */
    static byte[] keyId(PublicKey key) {
        try {
            byte[] bits = SubjectPublicKeyInfo.getInstance(key.getEncoded())
                    .getPublicKeyData()
                    .getBytes();
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bits), 20);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The DNS names that an authority may issue for. */
    static List<Hostname> permittedNames(X509Certificate authority) {
        byte[] extension = authority.getExtensionValue(Extension.nameConstraints.getId());
        if (extension == null) {
            return List.of();
        }
        GeneralSubtree[] permitted = NameConstraints.getInstance(
                        ASN1OctetString.getInstance(extension).getOctets())
                .getPermittedSubtrees();
        return Arrays.stream(permitted == null ? new GeneralSubtree[0] : permitted)
                .filter(tree -> tree.getBase().getTagNo() == GeneralName.dNSName)
                .map(tree -> new Hostname(tree.getBase().getName().toString()))
                .toList();
    }

    /** True once two thirds of its life are over, or before it begins (the clock went back). */
    static boolean due(X509Certificate certificate, Instant now) {
        return now.isBefore(certificate.getNotBefore().toInstant()) || !now.isBefore(thirdLeft(certificate));
    }

    /** The moment at which a third of its life is left. */
    static Instant thirdLeft(X509Certificate certificate) {
        return left(certificate, 3);
    }

    /** The moment at which this part of its life is left: 3 for a third. */
    static Instant left(X509Certificate certificate, int part) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        return to.minus(Duration.between(from, to).dividedBy(part));
    }
}
