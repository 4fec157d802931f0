package sallyport.gateway.cert;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * The order book: every certificate that was obtained and every attempt to get one, in one folder for each authority. Each
 * file has mode 0600 and is there whole or not at all. Names that the directory no longer knows stay in it until their
 * certificate is over, so that a device that is removed and added again costs no order.
 *
 * <p>Reading is from memory, on any thread; writing blocks and is for one control-plane thread at a time.
 *
 * <pre>
 * NAME.state   attempts, order under way, suggested renewal
 * NAME.pem     private key and chain in use
 * NAME.key     key of the order under way
 * authority    until when the authority wants to be left alone, and why
 * </pre>
 */
final class AcmeBook {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeBook.class);
    private static final String STATE = ".state";
    private static final String CERTIFICATE = ".pem";
    private static final String ORDER_KEY = ".key";
    private static final String AUTHORITY = "authority";
    /** Traces of failed attempts are forgotten after this, when no certificate is left and the name is gone. */
    private static final Duration MEMORY = Duration.ofDays(8);

    private final Path folder;
    private final Map<CertificateName, AcmeEntry> entries = new ConcurrentSkipListMap<>();

    /** Reads what is there; a file that cannot be read counts as absent and is reported in the log. */
    AcmeBook(Path folder) {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(STATE)).forEach(this::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path file) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file)));
            CertificateName name = new CertificateName(lines.getProperty("name", ""));
            entries.put(name, entry(name, lines));
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be read and is left out: {}", file, e.toString());
        }
    }

    private AcmeEntry entry(CertificateName name, Properties lines) throws IOException {
        return new AcmeEntry(
                name,
                certificate(name),
                new AcmeEntry.Attempts(
                        Integer.parseInt(lines.getProperty("failures", "0")),
                        instant(lines, "last"),
                        instant(lines, "next"),
                        problem(lines)),
                new AcmeEntry.Renewal(instant(lines, "renew"), lines.getProperty("window", ""), instant(lines, "ask")),
                url(lines.getProperty("order", "")));
    }

    private Optional<ServerCertificate> certificate(CertificateName name) throws IOException {
        Path file = file(name, CERTIFICATE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file);
        try {
            return Optional.of(new ServerCertificate(Pem.certificates(text), Pem.privateKey(text)));
        } catch (Pem.Unusable | IllegalArgumentException e) {
            LOG.warn("{} cannot be read and is ordered again: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(Properties lines, String key) {
        try {
            return Optional.ofNullable(lines.getProperty(key)).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<URL> url(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(URI.create(text).toURL());
        } catch (MalformedURLException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Problem> problem(Properties lines) {
        String code = lines.getProperty("error", "");
        return Arrays.stream(Fault.values())
                .filter(fault -> fault.code().equals(code))
                .findFirst()
                .map(fault -> new Problem(fault, lines.getProperty("cause", ""), lines.getProperty("fix", "")));
    }

    /** The authority's own word on when to come again. */
    record Pause(Instant until, Problem why) {}

    /** Empty when the authority said nothing, or it is over. */
    Optional<Pause> findPause(Instant now) {
        Path file = folder.resolve(AUTHORITY);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(Files.readString(file)));
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} cannot be read and is left out: {}", file, e.toString());
        }
        return instant(lines, "until")
                .filter(now::isBefore)
                .flatMap(until -> problem(lines).map(why -> new Pause(until, why)));
    }

    /** @throws UncheckedIOException when the disk does not take it */
    void put(Pause pause) {
        Properties lines = new Properties();
        lines.setProperty("until", "" + pause.until());
        write(lines, pause.why());
        PrivateFiles.write(folder.resolve(AUTHORITY), text(lines).getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Properties lines, Problem problem) {
        lines.setProperty("error", problem.fault().code());
        lines.setProperty("cause", problem.cause());
        lines.setProperty("fix", problem.fix());
    }

    AcmeEntry entry(CertificateName name) {
        return entries.getOrDefault(name, AcmeEntry.unknown(name));
    }

    List<AcmeEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** @throws UncheckedIOException when the disk does not take it; then nothing has changed */
    void put(AcmeEntry entry) {
        AcmeEntry before = entry(entry.name());
        if (!before.certificate().equals(entry.certificate())
                && entry.certificate().isPresent()) {
            ServerCertificate certificate = entry.certificate().get();
            Object[] parts = Stream.concat(Stream.of(certificate.key()), certificate.chain().stream())
                    .toArray();
            PrivateFiles.write(file(entry.name(), CERTIFICATE), Pem.bytes(parts));
            PrivateFiles.delete(file(entry.name(), ORDER_KEY));
        }
        PrivateFiles.write(file(entry.name(), STATE), text(entry).getBytes(StandardCharsets.UTF_8));
        entries.put(entry.name(), entry);
    }

    private static String text(AcmeEntry entry) {
        Properties lines = new Properties();
        lines.setProperty("name", entry.name().value());
        AcmeEntry.Attempts attempts = entry.attempts();
        lines.setProperty("failures", "" + attempts.failures());
        attempts.last().ifPresent(at -> lines.setProperty("last", "" + at));
        attempts.next().ifPresent(at -> lines.setProperty("next", "" + at));
        attempts.error().ifPresent(problem -> write(lines, problem));
        entry.renewal().at().ifPresent(at -> lines.setProperty("renew", "" + at));
        entry.renewal().ask().ifPresent(at -> lines.setProperty("ask", "" + at));
        lines.setProperty("window", entry.renewal().window());
        entry.order().ifPresent(url -> lines.setProperty("order", "" + url));
        return text(lines);
    }

    private static String text(Properties lines) {
        StringWriter text = new StringWriter();
        try {
            lines.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** The key of the order under way, the same after a restart: the authority may have signed it meanwhile. */
    KeyPair orderKey(CertificateName name) {
        Path file = file(name, ORDER_KEY);
        return KeyFiles.read(file).orElseGet(() -> {
            KeyPair pair = X509.newKeyPair();
            KeyFiles.write(file, pair);
            return pair;
        });
    }

    /** Forgets names that are not wanted, whose certificate is over and whose last attempt is long ago. */
    void forget(Set<CertificateName> wanted, Instant now) {
        for (AcmeEntry entry : entries()) {
            boolean remembered = entry.valid(now).isPresent()
                    || entry.attempts()
                            .last()
                            .filter(last -> now.isBefore(last.plus(MEMORY)))
                            .isPresent();
            if (!wanted.contains(entry.name()) && !remembered) {
                List.of(STATE, CERTIFICATE, ORDER_KEY)
                        .forEach(suffix -> PrivateFiles.delete(file(entry.name(), suffix)));
                entries.remove(entry.name());
            }
        }
    }

    /** A long name is shortened by its hash: file systems take 255 bytes. */
    private Path file(CertificateName name, String suffix) {
        String file = name.file();
        if (file.length() > 200) {
            file = file.substring(0, 180) + "-"
                    + HexFormat.of().toHexDigits(name.value().hashCode());
        }
        return folder.resolve(file + suffix);
    }
}
