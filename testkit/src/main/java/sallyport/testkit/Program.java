package sallyport.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real program under test: one process, its output kept line by line. Two threads read its output; {@link #close}
 * ends the process and nothing else, politely first.
 */
public final class Program implements AutoCloseable {
    private static final Duration POLITE = Duration.ofSeconds(10);
    private static final int KEPT_LINES = 20_000;

    private final Process process;
    private final String name;
    private final List<String> stdout = new ArrayList<>();
    private final List<String> stderr = new ArrayList<>();
    private final Thread outReader;
    private final Thread errReader;

    private Program(Process process, String name) {
        this.process = process;
        this.name = name;
        outReader = reader("stdout", process.inputReader(), stdout);
        errReader = reader("stderr", process.errorReader(), stderr);
    }

    /**
     * A pipe is read by blocking a whole thread. Virtual ones would block their carriers; the spare carriers that the JDK
     * starts for them end after a while, and then no other virtual thread of the test runs any more.
     */
    private Thread reader(String stream, BufferedReader from, List<String> into) {
        return Thread.ofPlatform().daemon().name(name + "-" + stream).start(() -> read(from, into));
    }

    /** What a finished program left: its exit code and all that it wrote. */
    public record Result(int exitCode, String stdout, String stderr) {
        @Override
        public String toString() {
            return "exit code " + exitCode + "\nstdout:\n" + stdout + "\nstderr:\n" + stderr;
        }
    }

    /** Starts a program in the current folder. */
    public static Program start(List<String> command) {
        return start(command, null, Map.of());
    }

    /**
     * Starts a main class of ours in a JVM of its own, at the lowest priority: what it does is not to slow down those that are
     * measured.
     */
    static Program startAside(Class<?> main, String memory, List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                "nice",
                "-n",
                "19",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + memory,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(words);
        return start(command);
    }

    /** Starts a program; entries of {@code environment} are added to ours, an empty value removes one. */
    public static Program start(List<String> command, @Nullable Path folder, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        environment.forEach((key, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(key);
            } else {
                builder.environment().put(key, value);
            }
        });
        try {
            Path file = Path.of(command.getFirst()).getFileName();
            return new Program(builder.start(), file == null ? command.getFirst() : file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program to its end, with nothing on its standard input. */
    public static Result run(Duration deadline, List<String> command) {
        return run(deadline, command, null, Map.of(), "");
    }

    /** Runs a program to its end and feeds it {@code input}. */
    public static Result run(
            Duration deadline,
            List<String> command,
            @Nullable Path folder,
            Map<String, String> environment,
            String input) {
        try (Program program = start(command, folder, environment)) {
            try (var stdin = program.process.outputWriter()) {
                stdin.write(input);
            } catch (IOException e) {
                // the program ended without reading; its exit code tells why
            }
            return program.finish(deadline);
        }
    }

    /** Waits for the end; a program that is still running at the deadline is an error that shows its output. */
    public Result finish(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs after " + deadline + "\n" + output());
            }
            outReader.join(POLITE);
            errReader.join(POLITE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Result(process.exitValue(), stdout(), stderr());
    }

    /** Waits until a line of stdout or stderr contains a match, and returns it. */
    public Matcher awaitLine(String regex, Duration deadline) {
        Pattern pattern = Pattern.compile(regex);
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Matcher found = findLine(pattern);
            if (found != null) {
                return found;
            }
            boolean over = System.nanoTime() > end;
            if (over || !process.isAlive()) {
                found = over ? null : lastChance(pattern);
                if (found != null) {
                    return found;
                }
                throw new AssertionError(
                        name + (over ? " never said " : " ended without saying ") + regex + "\n" + output());
            }
            awaitOutput(end);
        }
    }

    private @Nullable Matcher lastChance(Pattern pattern) {
        finish(POLITE);
        return findLine(pattern);
    }

    /** True when some line of stdout or stderr contains a match. */
    public boolean said(String regex) {
        return findLine(Pattern.compile(regex)) != null;
    }

    private @Nullable Matcher findLine(Pattern pattern) {
        for (List<String> lines : List.of(stdout, stderr)) {
            synchronized (lines) {
                for (String line : lines) {
                    Matcher matcher = pattern.matcher(line);
                    if (matcher.find()) {
                        return matcher;
                    }
                }
            }
        }
        return null;
    }

    private void awaitOutput(long end) {
        long left = Math.max(1, Math.min(50, (end - System.nanoTime()) / 1_000_000));
        try {
            process.waitFor(left, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public String stdout() {
        synchronized (stdout) {
            return String.join("\n", stdout);
        }
    }

    public String stderr() {
        synchronized (stderr) {
            return String.join("\n", stderr);
        }
    }

    private String output() {
        return "stdout:\n" + stdout() + "\nstderr:\n" + stderr();
    }

    /** Sends a signal such as {@code STOP}, {@code CONT} or {@code HUP} to this process alone. */
    public void signal(String signal) {
        Result result = run(POLITE, List.of("kill", "-" + signal, Long.toString(process.pid())));
        if (result.exitCode() != 0) {
            throw new AssertionError(result.toString());
        }
    }

    /** {@code kill -9}: no chance to say good-bye. Returns when the process is gone. */
    public void killHard() {
        process.destroyForcibly();
        finish(POLITE);
    }

    /** Resident memory in bytes, from the kernel. */
    public long residentBytes() {
        return statusKiB("VmRSS") * 1024;
    }

    /** The most memory in bytes that was ever resident, from the kernel. */
    public long peakResidentBytes() {
        return statusKiB("VmHWM") * 1024;
    }

    /** Number of threads, from the kernel. */
    public long threads() {
        return statusKiB("Threads");
    }

    /** Number of open file descriptors. */
    public long openFiles() {
        try (var entries = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long statusKiB(String field) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status"))) {
                if (line.startsWith(field + ":")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("no " + field + " for " + name);
    }

    private static void read(BufferedReader reader, List<String> lines) {
        try (reader) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    if (lines.size() < KEPT_LINES) {
                        lines.add(line);
                    }
                }
            }
        } catch (IOException e) {
            // the pipe ended with its process
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            if (stopped()) {
                signal("CONT");
            }
            process.destroy();
            try {
                if (!process.waitFor(POLITE.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor(POLITE.toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean stopped() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            return false;
        }
    }
}
