package sallyport.gateway.cert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.provider.GenericAcmeProvider;
import sallyport.gateway.config.AcmeConfig;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;

/**
 * The account at the certificate authority. Its key lies in the data folder with mode 0600 and is made once: CAA records and
 * rate limits hang on it. Blocking, one control-plane thread at a time.
 */
final class AcmeAccount {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    /** What every authority takes; the library would choose by the length of the key. */
    private static final String BINDING_MAC = "HS256";

    private static final int MAX_DETAIL = 300;
    private static final int MAX_URL = 2048;

    private final AcmeConfig config;
    private final Path keyFile;
    private final Path urlFile;
    private final Provider provider;
    private @Nullable Login login;

    /** @throws ProblemException when the file of roots or the stored key cannot be used */
    AcmeAccount(AcmeConfig config, Path folder) {
        this.config = config;
        keyFile = folder.resolve("account.pem");
        urlFile = folder.resolve("account.url");
        provider = new Provider(client(config.trust().map(AcmeAccount::trust)));
        if (Files.exists(keyFile) && KeyFiles.read(keyFile).isEmpty()) {
            throw new ProblemException(Fault.ACME_ACCOUNT_UNREADABLE.problem("file", keyFile));
        }
    }

    private static SSLContext trust(Path file) {
        try {
            List<X509Certificate> roots = Pem.certificates(Files.readString(file));
            if (roots.isEmpty()) {
                throw new ProblemException(
                        Fault.ACME_TRUST.problem("file", file, "detail", "there is no certificate in it"));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (X509Certificate root : roots) {
                store.setCertificateEntry("" + store.size(), root);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new ProblemException(
                    Fault.ACME_TRUST.problem("file", file, "detail", "it cannot be read (" + e.getMessage() + ")"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpClient client(Optional<SSLContext> trust) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(ANSWER);
        trust.ifPresent(builder::sslContext);
        return builder.build();
    }

    String host() {
        return config.directory().getHost();
    }

    /** The authority does not answer, or not with ACME. */
    Problem unreachable(Exception e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String words = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return Fault.ACME_UNREACHABLE.problem(
                "authority", config.directory(), "detail", Printable.clean(words, MAX_DETAIL));
    }

    /** The account, made or found at the first call; the authority's directory is read each time anew. */
    Login login() throws AcmeException, AcmeFailure {
        Login known = login;
        if (known == null) {
            known = open();
            login = known;
        }
        return known;
    }

    /** The authority does not know the account any more: the next login makes it anew, with the same key. */
    void forgotten() {
        login = null;
        PrivateFiles.delete(urlFile);
    }

    /** Reads the directory again at the next login: authorities move their addresses. */
    void refresh() {
        login = null;
    }

    private Login open() throws AcmeException, AcmeFailure {
        Session session = new Session(config.directory(), provider);
        session.networkSettings().setTimeout(ANSWER);
        KeyPair key = KeyFiles.read(keyFile).orElseGet(() -> {
            KeyPair made = X509.newKeyPair();
            KeyFiles.write(keyFile, made);
            return made;
        });
        List<String> stored = stored();
        String contact = config.email().orElse("");
        if (stored.isEmpty()) {
            Login made = make(session, key);
            remember(made.getAccountLocation(), contact);
            return made;
        }
        Login found = session.login(url(stored.getFirst()), key);
        if (!stored.getLast().equals(contact)) {
            changeContact(found.getAccount());
            remember(found.getAccountLocation(), contact);
        }
        return found;
    }

    private Login make(Session session, KeyPair key) throws AcmeException, AcmeFailure {
        if (session.getMetadata().isExternalAccountRequired()
                && config.externalAccount().isEmpty()) {
            throw refused("it wants an external account binding");
        }
        AccountBuilder builder = new AccountBuilder().agreeToTermsOfService().useKeyPair(key);
        config.email().ifPresent(builder::addEmail);
        config.externalAccount()
                .ifPresent(given ->
                        builder.withKeyIdentifier(given.keyId(), given.key()).withMacAlgorithm(BINDING_MAC));
        try {
            return builder.createLogin(session);
        } catch (AcmeRateLimitedException e) {
            throw e;
        } catch (AcmeServerException e) {
            if (AcmeFailure.badNonce(e)) {
                throw e;
            }
            throw refused(AcmeFailure.detail(e.getProblem()));
        }
    }

    private AcmeFailure refused(String detail) {
        return AcmeFailure.ofAuthority(Fault.ACME_ACCOUNT.problem("authority", host(), "detail", detail));
    }

    private void changeContact(Account account) throws AcmeException {
        Account.EditableAccount change = account.modify();
        change.getContacts().clear();
        config.email().ifPresent(change::addEmail);
        change.commit();
    }

    /** The account's URL, then the contact that it has; empty when there is no account yet. */
    private List<String> stored() {
        try {
            if (!Files.exists(urlFile) || Files.size(urlFile) > MAX_URL) {
                return List.of();
            }
            List<String> lines = Files.readAllLines(urlFile);
            return lines.size() == 2 ? lines : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void remember(URL account, String contact) {
        PrivateFiles.write(urlFile, (account + "\n" + contact + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static URL url(String text) {
        try {
            return URI.create(text).toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Any authority, reached over HTTPS; all sessions share one client. */
    private static final class Provider extends GenericAcmeProvider {
        private final HttpClient client;

        Provider(HttpClient client) {
            this.client = client;
        }

        @Override
        public HttpClient createHttpClient(NetworkSettings settings) {
            return client;
        }
    }

    void close() {
        provider.client.shutdownNow();
    }

    /** The CAA parameter {@code accounturi} (RFC 8657) that pins orders to this account, once there is one. */
    Optional<String> findUri() {
        return stored().stream().findFirst();
    }
}
