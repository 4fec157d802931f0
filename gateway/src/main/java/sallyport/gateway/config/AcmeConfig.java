package sallyport.gateway.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How certificates are ordered from a certificate authority by ACME (RFC 8555).
 *
 * @param directory where the authority's directory is
 * @param trust PEM file with the roots that the authority's own HTTPS is checked against; empty: those of the Java runtime
 * @param email where the authority may send warnings
 * @param externalAccount what the authority gave to bind the account to a customer
 * @param challenges in the order in which they are tried; never empty
 * @param wildcard whether one wildcard serves all names directly below {@code domain}
 * @param dns where records are written; present exactly when dns-01 is among the challenges
 */
public record AcmeConfig(
        URI directory,
        Optional<Path> trust,
        Optional<String> email,
        Optional<ExternalAccount> externalAccount,
        List<ChallengeType> challenges,
        boolean wildcard,
        Optional<Dns> dns) {
    public AcmeConfig {
        challenges = List.copyOf(challenges);
    }

    /** How the authority convinces itself that a name is ours. */
    public enum ChallengeType {
        TLS_ALPN_01("tls-alpn-01"),
        HTTP_01("http-01"),
        DNS_01("dns-01");

        private final String word;

        ChallengeType(String word) {
            this.word = word;
        }

        /** As it is written in the configuration and in the protocol. */
        public String word() {
            return word;
        }
    }

    /**
     * External account binding (RFC 8555 section 7.3.4).
     *
     * @param key base64url
     */
    public record ExternalAccount(String keyId, String key) {
        @Override
        public String toString() {
            return "ExternalAccount[" + keyId + "]";
        }
    }

    /** @param propagation between a record's publication and the authority's look at it */
    public record Dns(DnsProvider provider, Duration propagation) {}

    /** Who changes the DNS. */
    public sealed interface DnsProvider {
        /** A program of the operator: {@code COMMAND... add|remove RECORD VALUE}. */
        record Exec(List<String> command) implements DnsProvider {
            public Exec {
                command = List.copyOf(command);
            }
        }

        /** A name server that takes signed updates (RFC 2136, RFC 8945). */
        record Update(InetSocketAddress server, String zone, String keyName, String secret) implements DnsProvider {
            @Override
            public String toString() {
                return "Update[" + server + ", " + zone + "]";
            }
        }

        /** An acme-dns server; {@code accounts} is the JSON file that its clients keep. */
        record AcmeDns(URI url, Path accounts) implements DnsProvider {}

        /** deSEC's API. */
        record Desec(URI url, Optional<String> zone, String token) implements DnsProvider {
            @Override
            public String toString() {
                return "Desec[" + url + "]";
            }
        }

        /** Cloudflare's API. */
        record Cloudflare(URI url, Optional<String> zone, String token) implements DnsProvider {
            @Override
            public String toString() {
                return "Cloudflare[" + url + "]";
            }
        }
    }
}
