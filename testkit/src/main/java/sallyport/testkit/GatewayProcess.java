package sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * The real thing: {@code ./sallyport gateway --config FILE} as a process on free loopback ports, as an operator starts it.
 * Its addresses come from the ready line.
 */
public final class GatewayProcess implements AutoCloseable {
    /** The domain of every gateway under test; {@code NAME.sallyport.test} is a device. */
    public static final String DOMAIN = "sallyport.test";

    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final String READY_LINE =
            "^ready ssh=\\S+:(\\d+) https=\\S+:(\\d+) http=\\S+:(\\d+) console=\\S+:(\\d+) management=\\S+:(\\d+)$";

    private final Path configuration;
    private final Path data;
    private final Map<String, String> environment;
    private final Runner runner;
    private Program program;
    private Ports ports;

    private GatewayProcess(Path configuration, Path data, Map<String, String> environment, Runner runner) {
        this.configuration = configuration;
        this.data = data;
        this.environment = environment;
        this.runner = runner;
        program = launch();
        ports = awaitReady();
    }

    /** The ports of the ready line, all on loopback. */
    public record Ports(int ssh, int https, int http, int console, int management) {}

    /** What a gateway is started with; the defaults are free loopback ports for everything. */
    public static final class Setup {
        private final TempFolder folder;
        private final Map<String, String> lines = new HashMap<>();
        private final Map<String, String> environment = new HashMap<>();
        private Runner runner = Runner.PLAIN;

        private Setup(TempFolder folder) {
            this.folder = folder;
            lines.put("data", folder.resolve("data").toString());
            lines.put("domain", DOMAIN);
            for (String listener : List.of("ssh", "https", "http", "console", "management")) {
                lines.put(listener, "{listen: 127.0.0.1:0}");
            }
        }

        /** Replaces or adds one line of the YAML file, {@code key: value}. */
        public Setup with(String key, String value) {
            lines.put(key, value);
            return this;
        }

        /** Fixed ports, so that a restart comes back where it was. */
        public Setup fixedPorts() {
            for (String listener : List.of("ssh", "https", "http", "console", "management")) {
                lines.put(listener, "{listen: 127.0.0.1:" + FreePort.pick() + "}");
            }
            return this;
        }

        /** JVM flags, such as {@code -Xmx128m}. */
        public Setup javaOptions(String options) {
            environment.put("SALLYPORT_JAVA_OPTS", options);
            return this;
        }

        /** Runs it as another user or in another network; the folder becomes the runner's own. */
        public Setup by(Runner other) {
            runner = other;
            return this;
        }

        /** Writes the file, starts the process and waits for its ready line. */
        public GatewayProcess start() {
            StringBuilder yaml = new StringBuilder();
            lines.forEach(
                    (key, value) -> yaml.append(key).append(": ").append(value).append('\n'));
            Path file = folder.write("sallyport.yaml", yaml.toString());
            runner.own(folder.path());
            return new GatewayProcess(file, folder.resolve("data"), environment, runner);
        }
    }

    /** A gateway whose files lie in this folder. */
    public static Setup in(TempFolder folder) {
        return new Setup(folder);
    }

    /** A gateway with a configuration file of the test's own. */
    public static GatewayProcess start(Path configuration, Path data, Map<String, String> environment) {
        return new GatewayProcess(configuration, data, environment, Runner.PLAIN);
    }

    private Program launch() {
        return Program.start(
                runner.commandLine(List.of("gateway", "--config", configuration.toString())), null, environment);
    }

    private Ports awaitReady() {
        try {
            Matcher line = program.awaitLine(READY_LINE, READY);
            return new Ports(number(line, 1), number(line, 2), number(line, 3), number(line, 4), number(line, 5));
        } catch (AssertionError e) {
            program.close();
            throw e;
        }
    }

    private static int number(Matcher line, int group) {
        return Integer.parseInt(line.group(group));
    }

    /** {@code ./sallyport} at the root of the repository, found from the current folder upwards. */
    public static Path launcher() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path candidate = folder.resolve("sallyport");
            if (Files.isRegularFile(candidate) && Files.exists(folder.resolve("pom.xml"))) {
                return candidate;
            }
        }
        throw new IllegalStateException("no ./sallyport here or above");
    }

    public Ports ports() {
        return ports;
    }

    /** The running process. */
    public Program program() {
        return program;
    }

    public Path data() {
        return data;
    }

    /** The local CA's root, for visitors. */
    public Path ca() {
        return data.resolve("ca.pem");
    }

    /** {@code NAME.sallyport.test} */
    public static String hostname(String device) {
        return device + "." + DOMAIN;
    }

    /** A curl that visits a device by its name on the HTTPS port, resolved to loopback, trusting the local CA. */
    public Curl visit(String device, String target) {
        return visitHost(hostname(device), target);
    }

    /** The same under any hostname. */
    public Curl visitHost(String hostname, String target) {
        return Curl.url("https://" + hostname + ":" + ports.https() + target)
                .resolve(hostname, ports.https())
                .trusting(ca());
    }

    /** A byte-by-byte visitor on the HTTPS port under a device's name. */
    public Visitor connect(String device) throws IOException {
        return Visitor.tls(ports.https(), hostname(device), Visitor.trusting(ca()));
    }

    /** Runs {@code ./sallyport WORDS --config FILE}. */
    public Program.Result command(String... words) {
        List<String> line = new ArrayList<>(List.of(launcher().toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("--config", configuration.toString()));
        return Program.run(COMMAND, line);
    }

    /** The REST API with the administrator's token. */
    public AdminApi api() {
        try {
            String token = Files.readString(data.resolve("admin.token")).strip();
            return new AdminApi("http://127.0.0.1:" + ports.console(), token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code kill -9}. */
    public void killHard() {
        program.killHard();
    }

    /** Starts it again on the same configuration, after {@link #killHard} or {@link #stop}. */
    public void restart() {
        program = launch();
        ports = awaitReady();
    }

    /** SIGTERM, as a service manager does; returns when it is gone. */
    public Program.Result stop() {
        program.signal("TERM");
        return program.finish(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        program.close();
    }
}
