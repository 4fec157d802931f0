package sallyport.gateway.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import sallyport.gateway.config.ConfigBinder.Front;
import sallyport.gateway.config.GatewayConfig.Ports;
import sallyport.gateway.directory.Hostname;

/** What must hold between the keys. */
final class CrossChecks {
    private static final String ALL_IPV4 = "0.0.0.0";

    private final Map<ConfigKey, Given> givens;
    private final Problems problems;
    private final Problems warnings;

    CrossChecks(Map<ConfigKey, Given> givens, Problems problems, Problems warnings) {
        this.givens = givens;
        this.problems = problems;
        this.warnings = warnings;
    }

    /** An empty list switches a front off; without the SSH front there is no gateway. */
    void sshListens(List<ListenAddress> ssh) {
        Given given = givens.get(ConfigKey.SSH_LISTEN);
        if (ssh.isEmpty() && given != null && given.items().isEmpty()) {
            problems.value(
                    given.place(), ConfigKey.SSH_LISTEN.path(), "the list is empty", "Give at least one address.");
        }
    }

    /** Two listeners cannot have one address; {@code [::]} and {@code 0.0.0.0} cover the others of their port. */
    void addresses(List<Front> fronts) {
        for (int i = 0; i < fronts.size(); i++) {
            for (Front earlier : fronts.subList(0, i)) {
                Front front = fronts.get(i);
                if (clash(front.address(), earlier.address())) {
                    report(front, earlier);
                }
            }
        }
    }

    private void report(Front one, Front other) {
        boolean otherIsMeant = one.place().equals(Place.DEFAULT);
        Front here = otherIsMeant ? other : one;
        Front there = otherIsMeant ? one : other;
        problems.value(
                here.place(),
                here.key().path(),
                here.address() + " is in use by " + there.key().path() + " (" + there.address() + ", " + there.place()
                        + ")",
                "Give every front an address and port of its own.");
    }

    private static boolean clash(ListenAddress one, ListenAddress other) {
        return one.port() != 0 && one.port() == other.port() && (covers(one, other) || covers(other, one));
    }

    private static boolean covers(ListenAddress wide, ListenAddress narrow) {
        return wide.host().isEmpty()
                || wide.host().equals(narrow.host())
                || (wide.host().equals(ALL_IPV4) && narrow.host().indexOf(':') < 0);
    }

    /** Devices live below {@code domain}; the console needs a name that is not theirs. */
    void consoleName(Optional<Hostname> domain, Optional<Hostname> console) {
        if (domain.isPresent() && domain.equals(console)) {
            Given given = givens.get(ConfigKey.CONSOLE_HOSTNAME);
            problems.value(
                    given == null ? Place.DEFAULT : given.place(),
                    ConfigKey.CONSOLE_HOSTNAME.path(),
                    "this is the domain of the devices",
                    "Give the console a name of its own, such as console." + domain.get() + ".");
        }
    }

    /** SSH inside TLS has a name to itself, and is served at all. */
    void sshName(Optional<Hostname> ssh, Optional<Hostname> console, Optional<GatewayConfig.SshOnHttps> served) {
        if (ssh.isPresent() && ssh.equals(console)) {
            sshNameProblem("this is console.hostname", "Give SSH a name of its own, or remove it.");
        }
        if (ssh.isPresent() && served.equals(Optional.of(GatewayConfig.SshOnHttps.NO))) {
            sshNameProblem("https.ssh is no", "Remove one of the two.");
        }
    }

    private void sshNameProblem(String reason, String fix) {
        Given given = givens.get(ConfigKey.SSH_HOSTNAME);
        problems.value(given == null ? Place.DEFAULT : given.place(), ConfigKey.SSH_HOSTNAME.path(), reason, fix);
    }

    /** Automatic ports leave out what the gateway listens on; that is worth a word, not a refusal. */
    void rangeAndFronts(Ports range, List<Front> fronts) {
        for (Front front : fronts) {
            int port = front.address().port();
            if (port >= range.first() && port <= range.last()) {
                warnings.value(
                        front.place(),
                        front.key().path(),
                        "port " + port + " lies in ports.range " + range.first() + "-" + range.last(),
                        "No device gets it; move one of them to keep things apart.");
            }
        }
    }

    void databaseLogin(String url) {
        for (ConfigKey key : List.of(ConfigKey.DATABASE_USER, ConfigKey.DATABASE_PASSWORD)) {
            Given given = givens.get(key);
            if (given != null && url.startsWith(DatabaseUrl.SQLITE)) {
                problems.value(
                        given.place(),
                        key.path(),
                        "SQLite knows no login",
                        "Remove it, or set database.url to jdbc:postgresql://HOST/DATABASE.");
            }
        }
    }
}
