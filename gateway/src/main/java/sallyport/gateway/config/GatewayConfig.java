package sallyport.gateway.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Hostname;

/**
 * What the process needs to start. Paths are absolute: relative ones in the file are inside {@code data}.
 *
 * @param data host keys, certificates, embedded database, administrator token
 * @param domain every device is {@code NAME.domain}; without it only hostnames of their own lead to devices
 * @param certificates the operator's certificates
 * @param acme where certificates for names that none of those serves are ordered; empty: the local CA makes them
 */
public record GatewayConfig(
        Path data,
        Optional<Hostname> domain,
        Ssh ssh,
        Https https,
        Http http,
        List<CertificateFiles> certificates,
        Optional<AcmeConfig> acme,
        Console console,
        Log log,
        Management management,
        Ports ports,
        Database database) {
    public GatewayConfig {
        certificates = List.copyOf(certificates);
    }

    /**
     * @param listen where devices dial in
     * @param user the only login name that is accepted; empty: any
     * @param publicName what devices are told to dial, and what links to open ports say; empty: the domain
     * @param publicPort what devices are told to dial where NAT or a balancer changes it
     * @param hostname under this name the HTTPS front takes SSH inside TLS
     * @param balancers from where every connection begins with a PROXY header
     */
    public record Ssh(
            List<ListenAddress> listen,
            Optional<String> user,
            Optional<Hostname> publicName,
            Optional<Integer> publicPort,
            Optional<Hostname> hostname,
            List<Cidr> balancers) {
        /** Without names of its own and without balancers. */
        public Ssh(List<ListenAddress> listen, Optional<String> user) {
            this(listen, user, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
        }
    }

    /**
     * @param listen where visitors come in by name
     * @param publicPort what links and redirects say where NAT or a balancer changes it
     * @param balancers from where every connection begins with a PROXY header
     * @param proxies whose word about their visitors is taken, here and by the redirects
     * @param ssh what becomes of SSH clients on this port
     */
    public record Https(
            List<ListenAddress> listen,
            Optional<Integer> publicPort,
            List<Cidr> balancers,
            Proxies proxies,
            SshOnHttps ssh) {
        /** Without balancers and proxies, with SSH. */
        public Https(List<ListenAddress> listen, Optional<Integer> publicPort) {
            this(listen, publicPort, List.of(), new Proxies(List.of(), ForwardedHeader.X_FORWARDED), SshOnHttps.GREET);
        }
    }

    /**
     * HTTP proxies in front.
     *
     * @param from their addresses
     * @param header which one they write
     */
    public record Proxies(List<Cidr> from, ForwardedHeader header) {}

    /** How an HTTP proxy tells who its visitor is. */
    public enum ForwardedHeader {
        /** {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
        X_FORWARDED,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    /** What becomes of SSH clients that come to the HTTPS port. */
    public enum SshOnHttps {
        /** They are served, those too that wait for the server to speak first. */
        GREET,
        /** They are served when they speak first. */
        YES,
        /** They are closed. */
        NO
    }

    /**
     * @param listen where plain HTTP is redirected to HTTPS
     * @param balancers from where every connection begins with a PROXY header
     */
    public record Http(List<ListenAddress> listen, List<Cidr> balancers) {
        /** Without balancers. */
        public Http(List<ListenAddress> listen) {
            this(listen, List.of());
        }
    }

    /**
     * A PEM pair.
     *
     * @param place where it stands in the configuration, for messages ({@code FILE:LINE:COLUMN})
     */
    public record CertificateFiles(Path certificate, Path key, String place) {}

    /**
     * @param listen API and pages
     * @param hostname also served by the HTTPS front under this name
     */
    public record Console(List<ListenAddress> listen, Optional<Hostname> hostname) {}

    /**
     * What goes to stderr.
     *
     * @param access where requests go instead; empty: they stand among the other lines
     */
    public record Log(Level level, Format format, Optional<AccessLog> access) {
        /** Without an access log of its own. */
        public Log(Level level, Format format) {
            this(level, format, Optional.empty());
        }

        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG
        }

        public enum Format {
            TEXT,
            JSON
        }
    }

    /**
     * The access log.
     *
     * @param file empty: stdout
     * @param maxBytes a file of this size is rotated
     * @param keep rotated files that are kept, by size and by days
     */
    public record AccessLog(Optional<Path> file, Style format, long maxBytes, int keep) {
        /** How a line is written. */
        public enum Style {
            JSON,
            COMBINED
        }
    }

    /** @param listen /healthz /readyz /metrics */
    public record Management(List<ListenAddress> listen) {}

    /** Where port 0 and automatic ports come from, both ends included. */
    public record Ports(int first, int last) {}

    /** @param url a JDBC URL; SQLite files are absolute */
    public record Database(String url, Optional<String> user, Optional<String> password) {
        /** Without the password, which could stand in the URL too. */
        @Override
        public String toString() {
            int options = url.indexOf('?');
            return "Database[" + (options < 0 ? url : url.substring(0, options)) + "]";
        }
    }
}
