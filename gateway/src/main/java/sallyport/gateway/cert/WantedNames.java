package sallyport.gateway.cert;

import java.util.Optional;
import java.util.Set;
import sallyport.gateway.directory.Hostname;

/**
 * The names that shall have certificates.
 *
 * @param domain whose names one wildcard may serve together
 * @param names all of them
 * @param single those that want a certificate of their own even so
 */
record WantedNames(Optional<Hostname> domain, Set<Hostname> names, Set<Hostname> single) {
    WantedNames {
        names = Set.copyOf(names);
        single = Set.copyOf(single);
    }

    /** True for the names that the domain's wildcard serves; it stands for one label (RFC 9525 section 6.3). */
    boolean shares(Hostname name) {
        return domain.isPresent() && !single.contains(name) && name.findParent().equals(domain);
    }

    /** The wildcard among the names that serves this one of them too. */
    Optional<Hostname> findWildcard(Hostname name) {
        return single.contains(name) || name.isWildcard()
                ? Optional.empty()
                : name.findWildcard().filter(names::contains);
    }
}
