package sallyport.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A visitor with {@code curl}: builds one command line, runs it, and shows what came back. */
public final class Curl {
    private static final String MARK = "\n#status=";

    private final List<String> command = new ArrayList<>(List.of("curl", "-sS", "-i", "-w", MARK + "%{http_code}"));
    private final String url;
    private Duration deadline = Duration.ofSeconds(30);

    private Curl(String url) {
        this.url = url;
    }

    /**
     * What came back.
     *
     * @param exitCode curl's own: 0, or why there is no answer
     * @param status the HTTP status, 0 without an answer
     * @param head status line and fields of the last answer
     * @param body its body as text
     * @param errors what curl wrote to stderr
     */
    public record Answer(int exitCode, int status, String head, String body, String errors) {
        /** The first field of this name in the last answer. */
        public Optional<String> findField(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).trim())
                    .findFirst();
        }
    }

    public static Curl url(String url) {
        return new Curl(url);
    }

    /** Resolves a name to loopback, for this port. */
    public Curl resolve(String name, int port) {
        return with("--resolve", name + ":" + port + ":127.0.0.1");
    }

    /** Trusts this CA alone. */
    public Curl trusting(Path caPem) {
        return with("--cacert", caPem.toString());
    }

    /** Takes any certificate, as people do with a device's own. */
    public Curl trustingAnything() {
        return with("-k");
    }

    public Curl header(String line) {
        return with("-H", line);
    }

    /** Any other words of curl's command line. */
    public Curl with(String... words) {
        command.addAll(List.of(words));
        return this;
    }

    /** Runs in the network of a process instead of ours. */
    public Curl beside(Program program) {
        command.addAll(0, Ipv4Host.beside(program));
        return this;
    }

    public Curl deadline(Duration limit) {
        deadline = limit;
        return this;
    }

    public Answer run() {
        List<String> words = new ArrayList<>(command);
        words.add("--max-time");
        words.add(Long.toString(deadline.toSeconds()));
        words.add(url);
        Program.Result result = Program.run(deadline.plusSeconds(10), words);
        return parse(result);
    }

    private static Answer parse(Program.Result result) {
        String text = result.stdout();
        int mark = text.lastIndexOf(MARK);
        int status = mark < 0
                ? 0
                : Integer.parseInt(text.substring(mark + MARK.length()).strip());
        String rest = mark < 0 ? text : text.substring(0, mark);
        String head = "";
        while (rest.startsWith("HTTP/")) {
            int end = rest.indexOf("\n\n");
            head = end < 0 ? rest : rest.substring(0, end);
            rest = end < 0 ? "" : rest.substring(end + 2);
        }
        return new Answer(result.exitCode(), status, head, rest, result.stderr());
    }
}
