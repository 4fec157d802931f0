package sallyport.gateway.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every key of the gateway's configuration, in the order of the documentation. */
enum ConfigKey {
    DATA("data", Shape.ONE, "/var/lib/sallyport"),
    DOMAIN("domain", Shape.ONE, ""),
    SSH_LISTEN("ssh.listen", Shape.MANY, "[::]:2222"),
    SSH_USER("ssh.user", Shape.ONE, ""),
    SSH_PUBLIC_NAME("ssh.public-name", Shape.ONE, ""),
    SSH_PUBLIC_PORT("ssh.public-port", Shape.ONE, ""),
    SSH_HOSTNAME("ssh.hostname", Shape.ONE, ""),
    SSH_PROXY_FROM("ssh.proxy-protocol-from", Shape.MANY, ""),
    HTTPS_LISTEN("https.listen", Shape.MANY, "[::]:443"),
    HTTPS_PUBLIC_PORT("https.public-port", Shape.ONE, ""),
    HTTPS_PROXY_FROM("https.proxy-protocol-from", Shape.MANY, ""),
    HTTPS_FORWARDED_FROM("https.forwarded-from", Shape.MANY, ""),
    HTTPS_FORWARDED_HEADER("https.forwarded-header", Shape.ONE, "x-forwarded"),
    HTTPS_SSH("https.ssh", Shape.ONE, "greet"),
    HTTP_LISTEN("http.listen", Shape.MANY, "[::]:80"),
    HTTP_PROXY_FROM("http.proxy-protocol-from", Shape.MANY, ""),
    CERTIFICATES("certificates", Shape.PAIRS, ""),
    ACME_DIRECTORY("acme.directory", Shape.ONE, ""),
    ACME_TERMS("acme.terms-agreed", Shape.ONE, ""),
    ACME_EMAIL("acme.email", Shape.ONE, ""),
    ACME_TRUST("acme.trust", Shape.ONE, ""),
    ACME_EAB_KEY_ID("acme.eab-key-id", Shape.ONE, ""),
    ACME_EAB_KEY("acme.eab-key", Shape.ONE, ""),
    ACME_CHALLENGES("acme.challenges", Shape.MANY, ""),
    ACME_WILDCARD("acme.wildcard", Shape.ONE, ""),
    ACME_DNS_PROVIDER("acme.dns-provider", Shape.ONE, ""),
    ACME_DNS_COMMAND("acme.dns-command", Shape.MANY, ""),
    ACME_DNS_SERVER("acme.dns-server", Shape.ONE, ""),
    ACME_DNS_URL("acme.dns-url", Shape.ONE, ""),
    ACME_DNS_ZONE("acme.dns-zone", Shape.ONE, ""),
    ACME_DNS_KEY_NAME("acme.dns-key-name", Shape.ONE, ""),
    ACME_DNS_SECRET("acme.dns-secret", Shape.ONE, ""),
    ACME_DNS_ACCOUNTS("acme.dns-accounts", Shape.ONE, ""),
    ACME_DNS_WAIT("acme.dns-wait", Shape.ONE, ""),
    CONSOLE_LISTEN("console.listen", Shape.MANY, "127.0.0.1:7780"),
    CONSOLE_HOSTNAME("console.hostname", Shape.ONE, ""),
    LOG_LEVEL("log.level", Shape.ONE, "info"),
    LOG_FORMAT("log.format", Shape.ONE, "text"),
    ACCESS_FILE("access-log.file", Shape.ONE, ""),
    ACCESS_FORMAT("access-log.format", Shape.ONE, "json"),
    ACCESS_MAX_SIZE("access-log.max-size", Shape.ONE, "100M"),
    ACCESS_KEEP("access-log.keep", Shape.ONE, "14"),
    MANAGEMENT_LISTEN("management.listen", Shape.MANY, "127.0.0.1:9900"),
    PORTS_RANGE("ports.range", Shape.ONE, "20000-29999"),
    DATABASE_URL("database.url", Shape.ONE, "jdbc:sqlite:sallyport.db"),
    DATABASE_USER("database.user", Shape.ONE, ""),
    DATABASE_PASSWORD("database.password", Shape.ONE, "");

    /** How a key's value is written. */
    enum Shape {
        ONE,
        /** One value or a list. */
        MANY,
        /** A list of {@code {certificate: FILE, key: FILE}}. */
        PAIRS
    }

    private static final String PREFIX = "SALLYPORT_";

    private final String path;
    private final Shape shape;
    private final String defaultText;

    ConfigKey(String path, Shape shape, String defaultText) {
        this.path = path;
        this.shape = shape;
        this.defaultText = defaultText;
    }

    /** {@code ssh.listen}. */
    String path() {
        return path;
    }

    Shape shape() {
        return shape;
    }

    /** What counts when no source says anything; empty: nothing. */
    String defaultText() {
        return defaultText;
    }

    /** {@code SALLYPORT_SSH_LISTEN}. */
    String variable() {
        return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    boolean secret() {
        return this == DATABASE_PASSWORD || this == ACME_EAB_KEY || this == ACME_DNS_SECRET;
    }

    static Optional<ConfigKey> find(String path) {
        return Arrays.stream(values()).filter(key -> key.path.equals(path)).findFirst();
    }

    static boolean isSection(String path) {
        return Arrays.stream(values()).anyMatch(key -> key.path.startsWith(path + "."));
    }

    /** The names that may stand in a section; {@code ""} is the top of the file. */
    static List<String> namesIn(String section) {
        String prefix = section.isEmpty() ? "" : section + ".";
        return Arrays.stream(values())
                .filter(key -> key.path.startsWith(prefix))
                .map(key -> firstWord(key.path.substring(prefix.length())))
                .distinct()
                .toList();
    }

    private static String firstWord(String path) {
        int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }
}
