package sallyport.gateway.console;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.PortNumber;

/** How people and devices spell the way to this gateway. */
final class PublicUrls {
    private static final int HTTPS = 443;

    private final GatewayConfig config;
    private final GatewayFacts facts;

    PublicUrls(GatewayConfig config, GatewayFacts facts) {
        this.config = config;
        this.facts = facts;
    }

    /** {@code https://NAME.domain[:public-port]/}. */
    String byName(Hostname hostname) {
        int port = httpsPort();
        return "https://" + hostname + (port == HTTPS ? "" : ":" + port) + "/";
    }

    /** An open port's URL; plain HTTP only when the device is known to speak it. */
    String byPort(PortNumber port, boolean plain) {
        return (plain ? "http://" : "https://") + host() + ":" + port + "/";
    }

    /** The port that visitors use for names: the public one, else the one that is listened on. */
    int httpsPort() {
        return config.https().publicPort().orElseGet(() -> firstPort("https").orElse(HTTPS));
    }

    /** The ports under which the HTTPS front may be addressed. */
    List<Integer> httpsPorts() {
        return portsOf("https", httpsPort());
    }

    /** The ports under which the redirect front may be addressed. */
    List<Integer> httpPorts() {
        return portsOf("http", firstPort("http").orElse(80));
    }

    private List<Integer> portsOf(String kind, int and) {
        return Stream.concat(Stream.of(and), listeners(kind).stream().map(PublicUrls::portOf))
                .distinct()
                .toList();
    }

    /** The field "SSH Host": the domain, for which every gateway with names has a DNS entry, else this machine's name. */
    String host() {
        return config.ssh().publicName().or(config::domain).map(Hostname::value).orElseGet(PublicUrls::machineName);
    }

    /** Where the names of devices are. */
    String domain() {
        return config.domain().map(Hostname::value).orElseGet(this::host);
    }

    /** The field "SSH Port". */
    int sshPort() {
        return config.ssh().publicPort().orElseGet(() -> firstPort("ssh").orElse(22));
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private Optional<Integer> firstPort(String kind) {
        return listeners(kind).stream().findFirst().map(PublicUrls::portOf);
    }

    private List<String> listeners(String kind) {
        return facts.listeners().getOrDefault(kind, List.of());
    }

    private static int portOf(String addressAndPort) {
        return Integer.parseInt(addressAndPort.substring(addressAndPort.lastIndexOf(':') + 1));
    }
}
