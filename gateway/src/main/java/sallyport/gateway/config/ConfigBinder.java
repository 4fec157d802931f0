package sallyport.gateway.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import sallyport.gateway.config.GatewayConfig.AccessLog;
import sallyport.gateway.config.GatewayConfig.CertificateFiles;
import sallyport.gateway.config.GatewayConfig.Log;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.InvalidValue;
import sallyport.gateway.fault.Problem;

/** From texts to the records of {@link GatewayConfig}; what cannot be goes to the problems, and reading goes on. */
final class ConfigBinder {
    /** A listen address and the key that it stands under. */
    record Front(ConfigKey key, ListenAddress address, Place place) {}

    /** What stands for a file's path when lines go to stdout. */
    private static final String STDOUT = "stdout";

    private final Map<ConfigKey, Given> givens;
    private final Problems problems;
    private final Problems warnings = new Problems();
    private final List<Front> fronts = new ArrayList<>();

    ConfigBinder(Map<ConfigKey, Given> givens, Problems problems) {
        this.givens = givens;
        this.problems = problems;
    }

    List<Problem> warnings() {
        return warnings.inReadingOrder();
    }

    /** Looks at one value that another source overrides. */
    void check(ConfigKey key) {
        switch (key) {
            case DATA -> data();
            case DOMAIN, SSH_PUBLIC_NAME, SSH_HOSTNAME, CONSOLE_HOSTNAME -> one(key, Hostname::parse);
            case SSH_LISTEN, HTTPS_LISTEN, HTTP_LISTEN, CONSOLE_LISTEN, MANAGEMENT_LISTEN -> listen(key);
            case SSH_USER -> one(key, ValueText::user);
            case SSH_PROXY_FROM, HTTPS_PROXY_FROM, HTTPS_FORWARDED_FROM, HTTP_PROXY_FROM -> networks(key);
            case HTTPS_FORWARDED_HEADER -> one(key, text -> ValueText.word(GatewayConfig.ForwardedHeader.class, text));
            case HTTPS_SSH -> one(key, text -> ValueText.word(GatewayConfig.SshOnHttps.class, text));
            case SSH_PUBLIC_PORT, HTTPS_PUBLIC_PORT -> publicPort(key);
            case CERTIFICATES -> certificates(Path.of("/"));
            case LOG_LEVEL -> one(key, text -> ValueText.word(Log.Level.class, text));
            case LOG_FORMAT -> one(key, text -> ValueText.word(Log.Format.class, text));
            case ACCESS_FILE -> one(key, ValueText::path);
            case ACCESS_FORMAT -> one(key, text -> ValueText.word(AccessLog.Style.class, text));
            case ACCESS_MAX_SIZE -> one(key, ValueText::bytes);
            case ACCESS_KEEP -> one(key, ValueText::keep);
            case PORTS_RANGE -> one(key, ValueText::range);
            case DATABASE_URL -> one(key, text -> DatabaseUrl.resolve(text, Path.of("/")));
            case DATABASE_USER, DATABASE_PASSWORD -> one(key, text -> text);
            case ACME_DIRECTORY,
                    ACME_TERMS,
                    ACME_EMAIL,
                    ACME_TRUST,
                    ACME_EAB_KEY_ID,
                    ACME_EAB_KEY,
                    ACME_CHALLENGES,
                    ACME_WILDCARD,
                    ACME_DNS_PROVIDER,
                    ACME_DNS_COMMAND,
                    ACME_DNS_SERVER,
                    ACME_DNS_URL,
                    ACME_DNS_ZONE,
                    ACME_DNS_KEY_NAME,
                    ACME_DNS_SECRET,
                    ACME_DNS_ACCOUNTS,
                    ACME_DNS_WAIT -> new AcmeBinder(this, givens, problems, Path.of("/")).check(key);
        }
    }

    /** @throws ConfigException when anything is wrong, here or in what was read before */
    GatewayConfig bind() {
        Path data = data().orElse(Path.of("/"));
        Optional<Hostname> domain = one(ConfigKey.DOMAIN, Hostname::parse);
        List<ListenAddress> ssh = listen(ConfigKey.SSH_LISTEN);
        Optional<String> user = one(ConfigKey.SSH_USER, ValueText::user);
        Optional<Hostname> sshName = one(ConfigKey.SSH_HOSTNAME, Hostname::parse);
        List<Cidr> sshBalancers = networks(ConfigKey.SSH_PROXY_FROM);
        Optional<Hostname> sshPublicName = one(ConfigKey.SSH_PUBLIC_NAME, Hostname::parse);
        Optional<Integer> sshPublicPort = publicPort(ConfigKey.SSH_PUBLIC_PORT);
        List<ListenAddress> https = listen(ConfigKey.HTTPS_LISTEN);
        Optional<Integer> publicPort = publicPort(ConfigKey.HTTPS_PUBLIC_PORT);
        List<Cidr> httpsBalancers = networks(ConfigKey.HTTPS_PROXY_FROM);
        Optional<GatewayConfig.SshOnHttps> sshOnHttps =
                one(ConfigKey.HTTPS_SSH, text -> ValueText.word(GatewayConfig.SshOnHttps.class, text));
        List<Cidr> proxyAddresses = networks(ConfigKey.HTTPS_FORWARDED_FROM);
        Optional<GatewayConfig.Proxies> proxies = one(
                        ConfigKey.HTTPS_FORWARDED_HEADER,
                        text -> ValueText.word(GatewayConfig.ForwardedHeader.class, text))
                .map(header -> new GatewayConfig.Proxies(proxyAddresses, header));
        GatewayConfig.Http http =
                new GatewayConfig.Http(listen(ConfigKey.HTTP_LISTEN), networks(ConfigKey.HTTP_PROXY_FROM));
        List<CertificateFiles> certificates = certificates(data);
        Optional<AcmeConfig> acme = new AcmeBinder(this, givens, problems, data).bind(domain.isPresent());
        GatewayConfig.Console console = new GatewayConfig.Console(
                listen(ConfigKey.CONSOLE_LISTEN), one(ConfigKey.CONSOLE_HOSTNAME, Hostname::parse));
        Optional<Log.Level> level = one(ConfigKey.LOG_LEVEL, text -> ValueText.word(Log.Level.class, text));
        Optional<Log.Format> format = one(ConfigKey.LOG_FORMAT, text -> ValueText.word(Log.Format.class, text));
        GatewayConfig.Management management = new GatewayConfig.Management(listen(ConfigKey.MANAGEMENT_LISTEN));
        Optional<AccessLog> access = access(data);
        Optional<GatewayConfig.Ports> range = one(ConfigKey.PORTS_RANGE, ValueText::range);
        Optional<String> url = one(ConfigKey.DATABASE_URL, text -> DatabaseUrl.resolve(text, data));
        Optional<String> databaseUser = one(ConfigKey.DATABASE_USER, text -> text);
        Optional<String> password = one(ConfigKey.DATABASE_PASSWORD, text -> text);

        CrossChecks checks = new CrossChecks(givens, problems, warnings);
        checks.sshListens(ssh);
        checks.addresses(fronts);
        checks.consoleName(domain, console.hostname());
        checks.sshName(sshName, console.hostname(), sshOnHttps);
        range.ifPresent(ports -> checks.rangeAndFronts(ports, fronts));
        url.ifPresent(checks::databaseLogin);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.inReadingOrder());
        }
        return new GatewayConfig(
                data,
                domain,
                new GatewayConfig.Ssh(ssh, user, sshPublicName, sshPublicPort, sshName, sshBalancers),
                new GatewayConfig.Https(
                        https, publicPort, httpsBalancers, proxies.orElseThrow(), sshOnHttps.orElseThrow()),
                http,
                certificates,
                acme,
                console,
                new Log(level.orElseThrow(), format.orElseThrow(), access),
                management,
                range.orElseThrow(),
                new GatewayConfig.Database(url.orElseThrow(), databaseUser, password));
    }

    /** A relative data folder in a file is seen from that file's folder, so that it does not depend on who starts us. */
    private Optional<Path> data() {
        Given given = givens.get(ConfigKey.DATA);
        Path base = given != null && given.place().rank() < FileSources.MAX_RANK
                ? Path.of(given.place().source()).toAbsolutePath().resolveSibling("")
                : Path.of("").toAbsolutePath();
        return one(ConfigKey.DATA, text -> path(text, base));
    }

    private Optional<Integer> publicPort(ConfigKey key) {
        return one(key, text -> ValueText.port(text, 1));
    }

    private List<ListenAddress> listen(ConfigKey key) {
        List<ListenAddress> addresses = new ArrayList<>();
        for (Given.Item item : items(key)) {
            read(item, key.path(), text -> ValueText.address(text, item.place().toString()))
                    .ifPresent(address -> {
                        addresses.add(address);
                        fronts.add(new Front(key, address, item.place()));
                    });
        }
        return List.copyOf(addresses);
    }

    private Optional<AccessLog> access(Path data) {
        Optional<String> file = one(ConfigKey.ACCESS_FILE, ValueText::path);
        Optional<AccessLog.Style> format =
                one(ConfigKey.ACCESS_FORMAT, text -> ValueText.word(AccessLog.Style.class, text));
        Optional<Long> maxBytes = one(ConfigKey.ACCESS_MAX_SIZE, ValueText::bytes);
        Optional<Integer> keep = one(ConfigKey.ACCESS_KEEP, ValueText::keep);
        if (file.isEmpty() || format.isEmpty() || maxBytes.isEmpty() || keep.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> path = file.filter(text -> !text.equals(STDOUT)).map(text -> path(text, data));
        return Optional.of(new AccessLog(path, format.get(), maxBytes.get(), keep.get()));
    }

    private List<Cidr> networks(ConfigKey key) {
        return items(key).stream()
                .flatMap(item -> read(item, key.path(), Cidr::parse).stream())
                .toList();
    }

    private List<CertificateFiles> certificates(Path data) {
        Given given = givens.get(ConfigKey.CERTIFICATES);
        List<CertificateFiles> files = new ArrayList<>();
        for (Given.Pair pair : given == null ? List.<Given.Pair>of() : given.pairs()) {
            Optional<Path> certificate = read(pair.certificate(), "certificates.certificate", text -> path(text, data));
            Optional<Path> key = read(pair.key(), "certificates.key", text -> path(text, data));
            if (certificate.isPresent() && key.isPresent()) {
                files.add(new CertificateFiles(
                        certificate.get(), key.get(), pair.certificate().place().toString()));
            }
        }
        return List.copyOf(files);
    }

    /** The items of a list that can be read. */
    <T> List<T> many(ConfigKey key, Function<String, T> parse) {
        return items(key).stream()
                .flatMap(item -> read(item, key.path(), parse).stream())
                .toList();
    }

    <T> Optional<T> one(ConfigKey key, Function<String, T> parse) {
        List<Given.Item> items = items(key);
        return items.isEmpty() ? Optional.empty() : read(items.getFirst(), key.path(), parse);
    }

    private List<Given.Item> items(ConfigKey key) {
        Given given = givens.get(key);
        if (given != null) {
            return given.items();
        }
        String text = key.defaultText();
        return text.isEmpty() ? List.of() : List.of(new Given.Item(text, Place.DEFAULT));
    }

    private <T> Optional<T> read(Given.Item item, String path, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(item.text()));
        } catch (InvalidValue e) {
            problems.value(item.place(), path, e);
            return Optional.empty();
        }
    }

    static Path path(String text, Path base) {
        try {
            return base.resolve(ValueText.path(text)).normalize();
        } catch (InvalidPathException e) {
            throw new InvalidValue("path", "this is not a path", "Give the path of a file or folder.");
        }
    }
}
