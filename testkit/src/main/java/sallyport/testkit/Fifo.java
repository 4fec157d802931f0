package sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A named pipe between a program and a test: bodies of any size pass through it, and nothing of them lies on a disk. */
public final class Fifo {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Path path;

    private Fifo(Path path) {
        this.path = path;
    }

    /** Makes one in a folder. */
    public static Fifo in(TempFolder folder, String name) {
        Path path = folder.resolve(name);
        Program.Result made = Program.run(DEADLINE, List.of("mkfifo", path.toString()));
        if (made.exitCode() != 0) {
            throw new AssertionError(made.toString());
        }
        return new Fifo(path);
    }

    /** A pipe blocks its thread until the other end is there: the common pool of a small machine has no second one. */
    private static void beside(Runnable task) {
        Thread.ofPlatform().name("fifo").daemon().start(task);
    }

    public Path path() {
        return path;
    }

    /** Writes the first {@code size} bytes of {@link Payload} to whoever reads the pipe. */
    public CompletableFuture<Void> feed(long size) {
        return CompletableFuture.runAsync(
                () -> {
                    try (OutputStream out = Files.newOutputStream(path)) {
                        Payload.write(out, size);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Fifo::beside);
    }

    /** The SHA-256 of everything that is written to the pipe, in lower-case hex. */
    public CompletableFuture<String> digest() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (InputStream in = Files.newInputStream(path)) {
                        return Payload.sha256(in);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Fifo::beside);
    }
}
