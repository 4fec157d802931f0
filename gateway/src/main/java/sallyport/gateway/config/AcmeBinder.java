package sallyport.gateway.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.config.AcmeConfig.DnsProvider;

/** The section {@code acme}: its values, and what must hold between them. A key that would do nothing is an error. */
final class AcmeBinder {
    private static final Duration DNS_WAIT = Duration.ofSeconds(20);

    private final ConfigBinder values;
    private final Map<ConfigKey, Given> givens;
    private final Problems problems;
    private final Path data;

    AcmeBinder(ConfigBinder values, Map<ConfigKey, Given> givens, Problems problems, Path data) {
        this.values = values;
        this.givens = givens;
        this.problems = problems;
        this.data = data;
    }

    /** The words of {@code acme.dns-provider}. */
    private enum Provider {
        EXEC("exec"),
        RFC2136("rfc2136"),
        ACME_DNS("acme-dns"),
        DESEC("desec"),
        CLOUDFLARE("cloudflare");

        private final String word;

        Provider(String word) {
            this.word = word;
        }

        /** The keys that it cannot do without. */
        Set<ConfigKey> needs() {
            return switch (this) {
                case EXEC -> EnumSet.of(ConfigKey.ACME_DNS_COMMAND);
                case RFC2136 ->
                    EnumSet.of(
                            ConfigKey.ACME_DNS_SERVER,
                            ConfigKey.ACME_DNS_ZONE,
                            ConfigKey.ACME_DNS_KEY_NAME,
                            ConfigKey.ACME_DNS_SECRET);
                case ACME_DNS -> EnumSet.of(ConfigKey.ACME_DNS_URL, ConfigKey.ACME_DNS_ACCOUNTS);
                case DESEC, CLOUDFLARE -> EnumSet.of(ConfigKey.ACME_DNS_SECRET);
            };
        }

        /** True when the key does something for it. */
        boolean takes(ConfigKey key) {
            boolean api = this == DESEC || this == CLOUDFLARE;
            return needs().contains(key) || (api && (key == ConfigKey.ACME_DNS_URL || key == ConfigKey.ACME_DNS_ZONE));
        }
    }

    private static final Set<ConfigKey> PROVIDER_KEYS = EnumSet.of(
            ConfigKey.ACME_DNS_COMMAND,
            ConfigKey.ACME_DNS_SERVER,
            ConfigKey.ACME_DNS_URL,
            ConfigKey.ACME_DNS_ZONE,
            ConfigKey.ACME_DNS_KEY_NAME,
            ConfigKey.ACME_DNS_SECRET,
            ConfigKey.ACME_DNS_ACCOUNTS);

    /** Reads one key on its own, for values that another source overrides. */
    void check(ConfigKey key) {
        switch (key) {
            case ACME_DIRECTORY -> values.one(key, AcmeText::directory);
            case ACME_TRUST, ACME_DNS_ACCOUNTS -> path(key);
            case ACME_EMAIL -> values.one(key, AcmeText::email);
            case ACME_TERMS, ACME_WILDCARD -> values.one(key, AcmeText::flag);
            case ACME_EAB_KEY -> values.one(key, AcmeText::base64Url);
            case ACME_CHALLENGES -> values.many(key, AcmeText::challenge);
            case ACME_DNS_PROVIDER -> provider();
            case ACME_DNS_SERVER -> values.one(key, AcmeText::server);
            case ACME_DNS_URL -> values.one(key, AcmeText::url);
            case ACME_DNS_ZONE, ACME_DNS_KEY_NAME -> values.one(key, AcmeText::dnsName);
            case ACME_DNS_WAIT -> values.one(key, AcmeText::seconds);
            default -> values.one(key, Function.identity());
        }
    }

    /** The section as a whole; empty when it is not there. */
    Optional<AcmeConfig> bind(boolean hasDomain) {
        List<ConfigKey> given = Arrays.stream(ConfigKey.values())
                .filter(key -> key.path().startsWith("acme.") && givens.containsKey(key))
                .toList();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (!givens.containsKey(ConfigKey.ACME_DIRECTORY)) {
            say(given.getFirst(), "acme.directory is missing", "Set acme.directory: letsencrypt, or a URL.");
            return Optional.empty();
        }
        Optional<URI> directory = values.one(ConfigKey.ACME_DIRECTORY, AcmeText::directory);
        terms();
        Optional<AcmeConfig.Dns> dns = dns();
        List<ChallengeType> challenges = challenges();
        boolean wildcard = wildcard(challenges, hasDomain);
        Optional<Path> trust = path(ConfigKey.ACME_TRUST);
        Optional<String> email = values.one(ConfigKey.ACME_EMAIL, AcmeText::email);
        Optional<AcmeConfig.ExternalAccount> account = externalAccount();
        return directory.map(url -> new AcmeConfig(url, trust, email, account, challenges, wildcard, dns));
    }

    private void terms() {
        boolean agreed = values.one(ConfigKey.ACME_TERMS, AcmeText::flag).orElse(false);
        if (!agreed) {
            ConfigKey at = givens.containsKey(ConfigKey.ACME_TERMS) ? ConfigKey.ACME_TERMS : ConfigKey.ACME_DIRECTORY;
            say(
                    at,
                    "the certificate authority's terms of service are not agreed to",
                    "Read them, and set acme.terms-agreed: true.");
        }
    }

    private Optional<AcmeConfig.ExternalAccount> externalAccount() {
        Optional<String> id = values.one(ConfigKey.ACME_EAB_KEY_ID, Function.identity());
        Optional<String> key = values.one(ConfigKey.ACME_EAB_KEY, AcmeText::base64Url);
        boolean hasId = givens.containsKey(ConfigKey.ACME_EAB_KEY_ID);
        if (hasId != givens.containsKey(ConfigKey.ACME_EAB_KEY)) {
            say(
                    hasId ? ConfigKey.ACME_EAB_KEY_ID : ConfigKey.ACME_EAB_KEY,
                    (hasId ? "acme.eab-key" : "acme.eab-key-id") + " is missing",
                    "The certificate authority gives both together.");
        }
        return id.flatMap(keyId -> key.map(secret -> new AcmeConfig.ExternalAccount(keyId, secret)));
    }

    private List<ChallengeType> challenges() {
        boolean provider = givens.containsKey(ConfigKey.ACME_DNS_PROVIDER);
        if (!givens.containsKey(ConfigKey.ACME_CHALLENGES)) {
            List<ChallengeType> usual = new ArrayList<>(List.of(ChallengeType.TLS_ALPN_01, ChallengeType.HTTP_01));
            if (provider) {
                usual.add(ChallengeType.DNS_01);
            }
            return usual;
        }
        List<ChallengeType> chosen = values.many(ConfigKey.ACME_CHALLENGES, AcmeText::challenge).stream()
                .distinct()
                .toList();
        if (chosen.isEmpty()) {
            say(ConfigKey.ACME_CHALLENGES, "the list is empty", "Name at least one: " + AcmeText.CHALLENGES + ".");
        }
        if (chosen.contains(ChallengeType.DNS_01) && !provider) {
            say(ConfigKey.ACME_CHALLENGES, "dns-01 needs acme.dns-provider", "Say who writes the DNS records.");
        }
        if (!chosen.contains(ChallengeType.DNS_01) && provider) {
            say(ConfigKey.ACME_DNS_PROVIDER, "dns-01 is not among acme.challenges", "Add it there, or remove this.");
        }
        return chosen;
    }

    private boolean wildcard(List<ChallengeType> challenges, boolean hasDomain) {
        boolean possible = challenges.contains(ChallengeType.DNS_01) && hasDomain;
        boolean wanted = values.one(ConfigKey.ACME_WILDCARD, AcmeText::flag).orElse(possible);
        if (wanted && !possible) {
            say(ConfigKey.ACME_WILDCARD, "a wildcard needs dns-01 and a domain", "Set up both, or remove this.");
        }
        return wanted && possible;
    }

    private Optional<Provider> provider() {
        return values.one(ConfigKey.ACME_DNS_PROVIDER, text -> AcmeText.choice(text, Provider.values(), p -> p.word));
    }

    private Optional<AcmeConfig.Dns> dns() {
        Optional<Provider> chosen = provider();
        boolean given = givens.containsKey(ConfigKey.ACME_DNS_PROVIDER);
        for (ConfigKey key : PROVIDER_KEYS) {
            boolean used = chosen.filter(p -> p.takes(key)).isPresent();
            if (givens.containsKey(key) && !used && (chosen.isPresent() || !given)) {
                String why = chosen.map(p -> "does nothing for the provider " + p.word)
                        .orElse("does nothing without acme.dns-provider");
                say(key, why, "Remove it, or choose another acme.dns-provider.");
            }
        }
        chosen.ifPresent(p -> p.needs().stream()
                .filter(key -> !givens.containsKey(key))
                .forEach(key -> say(
                        ConfigKey.ACME_DNS_PROVIDER,
                        p.word + " needs " + key.path(),
                        key.secret() ? "Name its file in " + key.variable() + "__FILE." : "Add it.")));
        Duration wait = values.one(ConfigKey.ACME_DNS_WAIT, AcmeText::seconds).orElse(DNS_WAIT);
        return chosen.flatMap(this::provider).map(provider -> new AcmeConfig.Dns(provider, wait));
    }

    /** Empty when something that it needs is missing or wrong, which is already among the problems. */
    private Optional<DnsProvider> provider(Provider chosen) {
        Optional<String> secret = values.one(ConfigKey.ACME_DNS_SECRET, Function.identity());
        Optional<URI> url = values.one(ConfigKey.ACME_DNS_URL, AcmeText::url);
        Optional<String> zone = values.one(ConfigKey.ACME_DNS_ZONE, AcmeText::dnsName);
        return switch (chosen) {
            case EXEC -> {
                List<String> command = values.many(ConfigKey.ACME_DNS_COMMAND, Function.identity());
                yield command.isEmpty() ? Optional.empty() : Optional.of(new DnsProvider.Exec(command));
            }
            case RFC2136 ->
                values.one(ConfigKey.ACME_DNS_SERVER, AcmeText::server)
                        .flatMap(server ->
                                zone.flatMap(name -> values.one(ConfigKey.ACME_DNS_KEY_NAME, AcmeText::dnsName)
                                        .flatMap(key -> secret.map(
                                                shared -> new DnsProvider.Update(server, name, key, shared)))));
            case ACME_DNS ->
                url.flatMap(server ->
                        path(ConfigKey.ACME_DNS_ACCOUNTS).map(accounts -> new DnsProvider.AcmeDns(server, accounts)));
            case DESEC ->
                secret.map(token ->
                        new DnsProvider.Desec(url.orElseGet(() -> URI.create("https://desec.io/api/v1")), zone, token));
            case CLOUDFLARE ->
                secret.map(token -> new DnsProvider.Cloudflare(
                        url.orElseGet(() -> URI.create("https://api.cloudflare.com/client/v4")), zone, token));
        };
    }

    private Optional<Path> path(ConfigKey key) {
        return values.one(key, text -> ConfigBinder.path(text, data));
    }

    private void say(ConfigKey key, String detail, String fix) {
        Given given = givens.get(key);
        problems.value(given == null ? Place.DEFAULT : given.place(), key.path(), detail, fix);
    }
}
