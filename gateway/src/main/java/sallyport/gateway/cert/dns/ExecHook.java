package sallyport.gateway.cert.dns;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/**
 * A program of the operator, started as {@code COMMAND... add RECORD VALUE} and {@code COMMAND... remove RECORD VALUE}.
 * No shell has a look at the words, and the gateway's own variables, which may hold secrets, are not handed on.
 */
final class ExecHook implements TxtRecords {
    /** A program that runs longer is ended. */
    static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final int MAX_OUTPUT = 64 << 10;

    private final List<String> command;
    private final Duration deadline;

    /** @throws ProblemException when the program is not there or may not be run */
    ExecHook(List<String> command) {
        this(command, DEADLINE);
    }

    ExecHook(List<String> command, Duration deadline) {
        this.command = List.copyOf(command);
        this.deadline = deadline;
        Path program = Path.of(command.getFirst());
        if (!program.isAbsolute() || !Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new ProblemException(Fault.DNS_COMMAND.problem("command", program));
        }
    }

    @Override
    public void add(String record, String value) throws DnsFailure, InterruptedException {
        run("add", record, value);
    }

    @Override
    public void remove(String record, String value) throws DnsFailure, InterruptedException {
        run("remove", record, value);
    }

    private void run(String what, String record, String value) throws DnsFailure, InterruptedException {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of(what, record, value));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("SALLYPORT_") || name.equals("CREDENTIALS_DIRECTORY"));
        Path output = null;
        try {
            output = Files.createTempFile("sallyport-dns", ".log");
            Process process = builder.redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            finish(process, output);
        } catch (IOException e) {
            throw new DnsFailure("the program could not be run: " + e.getMessage());
        } finally {
            delete(output);
        }
    }

    private void finish(Process process, Path output) throws DnsFailure, InterruptedException, IOException {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DnsFailure("the program still ran after " + deadline.toSeconds() + " s and was ended");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String said = lastLine(output);
            throw new DnsFailure(
                    "the program ended with code " + process.exitValue() + (said.isEmpty() ? "" : ": " + said));
        }
    }

    private static String lastLine(Path output) throws IOException {
        try (InputStream in = Files.newInputStream(output)) {
            in.skipNBytes(Math.max(0, Files.size(output) - MAX_OUTPUT));
            return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce("", (before, line) -> line);
        }
    }

    private static void delete(@Nullable Path output) {
        try {
            if (output != null) {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            // a small file in the temporary folder stays behind
        }
    }
}
