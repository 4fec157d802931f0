package sallyport.gateway.cert;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.gateway.directory.Hostname;

/**
 * Which certificate serves which name, as one immutable picture that event loops read: the operator's pairs, then those of
 * the authority, then the local CA's. Within a source the name itself goes before a wildcard.
 *
 * @param ordered by the name in the certificate
 * @param local by the name in the certificate
 */
record CertificateChoice(
        NameIndex files, Map<String, ServerCertificate> ordered, Map<String, ServerCertificate> local) {
    static final CertificateChoice NONE = new CertificateChoice(NameIndex.of(List.of()), Map.of(), Map.of());

    CertificateChoice {
        ordered = Map.copyOf(ordered);
        local = Map.copyOf(local);
    }

    /** @param known only names that are known get more than what the operator gave for them */
    Optional<ServerCertificate> find(Hostname name, boolean known, Instant now) {
        Optional<ServerCertificate> given = files.find(name, now);
        if (given.isPresent() || !known) {
            return given;
        }
        return findOrdered(name, now).or(() -> byName(local, name));
    }

    /** One that is over leaves the name to the local CA. */
    Optional<ServerCertificate> findOrdered(Hostname name, Instant now) {
        return byName(ordered, name)
                .filter(certificate ->
                        now.isBefore(certificate.certificate().getNotAfter().toInstant()));
    }

    private static Optional<ServerCertificate> byName(Map<String, ServerCertificate> certificates, Hostname name) {
        ServerCertificate own = certificates.get(name.value());
        return own != null
                ? Optional.of(own)
                : name.findParent().map(parent -> certificates.get("*." + parent.value()));
    }
}
