package sallyport.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the program as a user with no rights of its own, as a service's user is. Where the tests run as root, that is user
 * 65534 without any capability, with a copy of the built program that it may read; elsewhere it is the user of the tests, who
 * has no rights either.
 */
public final class PlainUser implements Runner, AutoCloseable {
    private static final String ID = "65534";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final boolean ROOT = uid().equals("0");
    private static final List<String> WITHOUT_RIGHTS = List.of("--inh-caps=-all", "--bounding-set=-all");
    private static final List<String> LOW_PORTS =
            List.of("--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service");

    private final TempFolder program;
    private final List<String> capabilities;

    private PlainUser(TempFolder program, List<String> capabilities) {
        this.program = program;
        this.capabilities = capabilities;
    }

    /** A user who may nothing; {@link #close} removes its copy of the program. */
    public static PlainUser create() {
        TempFolder folder = TempFolder.create("program");
        if (ROOT) {
            copyProgram(folder);
        }
        return new PlainUser(folder, WITHOUT_RIGHTS);
    }

    /** The same user with CAP_NET_BIND_SERVICE, as systemd's AmbientCapabilities gives it; only where the tests run as root. */
    public PlainUser mayBindLowPorts() {
        return new PlainUser(program, LOW_PORTS);
    }

    /** True when the tests run as root, so that they may become somebody else and give capabilities away. */
    public static boolean canBeChosen() {
        return ROOT;
    }

    @Override
    public List<String> commandLine(List<String> words) {
        if (!ROOT) {
            return Runner.PLAIN.commandLine(words);
        }
        List<String> line = new ArrayList<>(List.of("setpriv", "--reuid=" + ID, "--regid=" + ID, "--clear-groups"));
        line.addAll(capabilities);
        line.add(program.resolve("sallyport").toString());
        line.addAll(words);
        return line;
    }

    @Override
    public void own(Path folder) {
        if (ROOT) {
            Program.Result result = Program.run(SOON, List.of("chown", "-R", ID + ":" + ID, folder.toString()));
            if (result.exitCode() != 0) {
                throw new AssertionError(result.toString());
            }
        }
    }

    /** The source tree and the libraries may lie where only root may look: copies what the launcher needs of both. */
    private static void copyProgram(TempFolder folder) {
        Path root = GatewayProcess.launcher().resolveSibling("");
        Path target = folder.resolve("app/target");
        try {
            Files.createDirectories(target.resolve("lib"));
            Files.createDirectories(folder.resolve("scripts"));
            for (String module : List.of("gateway", "testkit", "app")) {
                Files.createDirectories(folder.resolve(module).resolve("src/main"));
                copy(root, folder, module + "/pom.xml");
            }
            for (String file : List.of("sallyport", "pom.xml", "scripts/toolchain.sh")) {
                copy(root, folder, file);
            }
            for (Path jar : programJars(root)) {
                Files.copy(jar, target.resolve(jar.getFileName()));
            }
            Files.writeString(target.resolve("classpath"), copyLibraries(root, target.resolve("lib")));
            Files.createFile(target.resolve("launcher.stamp"));
            Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path root, TempFolder folder, String file) throws IOException {
        Files.copy(root.resolve(file), folder.resolve(file));
    }

    private static List<Path> programJars(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve("app/target"))) {
            return entries.filter(each -> each.getFileName().toString().endsWith(".jar"))
                    .toList();
        }
    }

    /** @return the class path of the copies */
    private static String copyLibraries(Path root, Path lib) throws IOException {
        String original = Files.readString(root.resolve("app/target/classpath")).strip();
        List<String> copies = new ArrayList<>();
        for (String entry : original.split(File.pathSeparator, -1)) {
            Path file = Path.of(entry);
            copies.add(Files.copy(file, lib.resolve(file.getFileName())).toString());
        }
        return String.join(File.pathSeparator, copies);
    }

    private static String uid() {
        return Program.run(SOON, List.of("id", "-u")).stdout().strip();
    }

    @Override
    public void close() {
        program.close();
    }
}
