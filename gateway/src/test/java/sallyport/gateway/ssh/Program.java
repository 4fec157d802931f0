package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the test, with everything that it printed (both streams in one). */
final class Program implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Process process;
    private final StringBuilder output = new StringBuilder();

    private Program(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::collect);
    }

    static Program start(String... command) throws IOException {
        return start(List.of(command));
    }

    static Program start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("SSH_AUTH_SOCK");
        return new Program(builder.start());
    }

    private void collect() {
        try (InputStream stream = process.getInputStream()) {
            byte[] buffer = new byte[8192];
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                print(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            print(e.toString());
        }
    }

    private void print(String text) {
        synchronized (output) {
            output.append(text);
        }
    }

    String output() {
        synchronized (output) {
            return output.toString();
        }
    }

    long pid() {
        return process.pid();
    }

    void type(String text) throws IOException {
        OutputStream stream = process.getOutputStream();
        stream.write(text.getBytes(StandardCharsets.ISO_8859_1));
        stream.flush();
    }

    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Sends a signal such as {@code STOP}. */
    void signal(String name) throws IOException, InterruptedException {
        try (Program kill = start("kill", "-" + name, Long.toString(pid()))) {
            kill.expectExit(0);
        }
    }

    void expect(String text) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(output()).contains(text));
    }

    boolean running() {
        return process.isAlive();
    }

    int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .describedAs("still running, printed: %s", output())
                .isTrue();
        return process.exitValue();
    }

    void expectExit(int code) throws InterruptedException {
        assertThat(awaitExit()).describedAs("printed: %s", output()).isEqualTo(code);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
