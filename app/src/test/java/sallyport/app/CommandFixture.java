package sallyport.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sallyport.gateway.cert.CertificateReport;
import sallyport.gateway.config.ConfigLoader;
import sallyport.gateway.config.GatewayConfig;
import sallyport.gateway.console.Console;
import sallyport.gateway.console.GatewayFacts;
import sallyport.gateway.console.RecentEvents;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.edge.PageFetch.Outcome;
import sallyport.gateway.event.DeviceHistory;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.KnockingKeys;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.store.GatewayClaims;
import sallyport.gateway.store.JdbcDirectoryStore;
import sallyport.gateway.store.StoredDirectory;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.Tunnels;

/** A configuration file, the console of a gateway that runs on it, and commands that use it. */
final class CommandFixture implements AutoCloseable {
    static final String TOKEN = "0123456789abcdef0123456789abcdef0123456789a";

    final Path folder;
    final Path configuration;
    final KnockingKeys knocking;
    final StoredDirectory directory;
    private final SystemTimers timers = new SystemTimers();
    private final JdbcDirectoryStore store;
    private final Console console;

    CommandFixture(Path folder) {
        this.folder = folder;
        configuration = write(folder, "sallyport.yaml", """
                data: data
                domain: mm.test
                console: {listen: 127.0.0.1:0}
                """);
        GatewayConfig config = new ConfigLoader(Map.of())
                .load(Optional.of(configuration), Map.of())
                .config();
        createFolder(config.data());
        knocking = new KnockingKeys(timers);
        store = JdbcDirectoryStore.open(config.database());
        directory = new StoredDirectory(store, GatewayClaims.of(config), InstantSource.system());
        directory.holder().subscribe(knocking);
        console = Console.start(new Console.Parts(
                config,
                TOKEN,
                directory.holder(),
                directory,
                new Tunnels(timers, event -> {}),
                timers,
                new DeviceHistory(timers),
                knocking,
                new RecentEvents(timers),
                new Facts(),
                (route, port, host, target, more) -> new Outcome.Failed(Fault.WEB_SERVER_SILENT.problem())));
    }

    /** What a command printed and its exit code. */
    record Result(int code, String out, String err) {}

    /** Runs {@code sallyport WORDS --config FILE}. */
    Result run(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--config", configuration.toString()));
        return bare(line.toArray(String[]::new));
    }

    /** Runs {@code sallyport WORDS}. */
    static Result bare(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Sallyport.commandLine(Map.of(), new PrintWriter(out), new PrintWriter(err))
                .execute(words);
        return new Result(code, out.toString(), err.toString());
    }

    /** A file with a fresh public key. */
    String keyFile(String name) {
        return write(folder, name + ".pub", key(name)).toString();
    }

    static String key(String name) {
        try {
            byte[] encoded = KeyPairGenerator.getInstance("Ed25519")
                    .generateKeyPair()
                    .getPublic()
                    .getEncoded();
            ByteBuffer blob = ByteBuffer.allocate(51);
            byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
            blob.putInt(type.length).put(type).putInt(32).put(encoded, encoded.length - 32, 32);
            return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob.array()) + " " + name + "\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path write(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://" + console.addresses().getFirst();
    }

    @Override
    public void close() {
        console.close();
        store.close();
        timers.close();
    }

    private static final class Facts implements GatewayFacts {
        @Override
        public String version() {
            return "0.1.0";
        }

        @Override
        public Instant started() {
            return Instant.now();
        }

        @Override
        public Map<String, List<String>> listeners() {
            return Map.of("ssh", List.of("0.0.0.0:2222"), "https", List.of("0.0.0.0:443"));
        }

        @Override
        public List<HostKey> hostKeys() {
            return List.of(new HostKey("ssh-ed25519", "SHA256:uYF1Uu5N3mK9BMI0I9ZpXq0k8l6CkTjLG0yl9bZ2sJ8"));
        }

        @Override
        public Optional<Shown> findShown(Hostname hostname) {
            return Optional.empty();
        }

        @Override
        public KeyExchanges keyExchanges() {
            return new KeyExchanges(List.of("mlkem768x25519-sha256"), List.of("X25519MLKEM768"));
        }

        @Override
        public List<CertificateReport> certificates() {
            return List.of(new CertificateReport(
                    "*.mm.test",
                    CertificateReport.Source.ACME,
                    CertificateReport.State.FAILED,
                    Optional.empty(),
                    Optional.of(Instant.parse("2099-01-01T00:00:00Z")),
                    Optional.of(Fault.ACME_UNREACHABLE.problem("authority", "ca.test", "detail", "no route"))));
        }

        @Override
        public void renewCertificate(String name) {
            if (!name.equals("*.mm.test")) {
                throw new ProblemException(Fault.CERTIFICATE_NOT_ORDERED.problem("name", name));
            }
        }

        @Override
        public List<Problem> rehearse(Hostname hostname) {
            return List.of(Fault.NAME_NOT_RESOLVED.problem("name", hostname));
        }

        @Override
        public Optional<Certificate> findCertificate(Hostname hostname) {
            return Optional.empty();
        }

        @Override
        public List<LiveUpload> uploads() {
            return List.of(new LiveUpload(
                    new GatewayEvent.Upload(
                            new DeviceName("lab-9"),
                            new Hostname("lab-9.mm.test"),
                            new InetSocketAddress("192.0.2.7", 40_001),
                            "request-1",
                            "/firmware"),
                    OptionalLong.empty(),
                    5_000_000_000L,
                    1_000_000,
                    Instant.now(),
                    true));
        }

        @Override
        public Answered ask(DeviceName device, PortNumber port) {
            return new Answered(Speech.UNKNOWN, Optional.empty());
        }
    }
}
