package sallyport.gateway.cert;

import sallyport.gateway.directory.Hostname;

/**
 * What one certificate of the authority is for: a hostname, or {@code *.} and a domain.
 *
 * @param value as it stands in the certificate
 */
record CertificateName(String value) implements Comparable<CertificateName> {
    private static final String WILDCARD = "*.";

    static CertificateName of(Hostname name) {
        return new CertificateName(name.value());
    }

    static CertificateName below(Hostname domain) {
        return new CertificateName(WILDCARD + domain.value());
    }

    boolean isWildcard() {
        return value.startsWith(WILDCARD);
    }

    /** The name that is proved: without the wildcard (RFC 8555 section 7.1.4). */
    Hostname proved() {
        return new Hostname(isWildcard() ? value.substring(WILDCARD.length()) : value);
    }

    /** A wildcard serves one label (RFC 9525 section 6.3). */
    boolean serves(Hostname name) {
        return isWildcard()
                ? name.findParent().filter(proved()::equals).isPresent()
                : name.value().equals(value);
    }

    /** As part of a file's name. */
    String file() {
        return value.replace('*', '_');
    }

    @Override
    public int compareTo(CertificateName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
