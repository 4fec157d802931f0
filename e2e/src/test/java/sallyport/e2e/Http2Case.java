package sallyport.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import sallyport.testkit.Http2Visitor;

/**
 * A case of the framing corpus as a visitor says it in HTTP/2: field for field, with every odd byte inside names, values and
 * pseudo-header fields, and what stands behind the head as data. What HTTP/1.1 must refuse must be refused here too; what it
 * passes may carry fields of a connection or a target in absolute form, which HTTP/2 knows not (RFC 9113 sections 8.2.2 and
 * 8.3.1). Where that does not settle it, a word of the case does.
 *
 * @param passes the device answers every request; otherwise the stream is reset, or the gateway refuses, and the device
 *     sees nothing; empty: one of both
 * @param headMayArrive what is wrong stands behind the head, which the device may have seen
 */
record Http2Case(String name, Optional<Boolean> passes, boolean headMayArrive, List<Request> requests) {
    private static final Set<String> OF_A_CONNECTION =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings");

    /**
     * One stream of the visitor.
     *
     * @param fields names and values in turns
     * @param trailers the same behind the data
     */
    record Request(List<String> fields, ByteArrayOutputStream data, List<String> trailers) {
        boolean ofAConnection() {
            return IntStream.iterate(0, i -> i < fields.size(), i -> i + 2)
                    .anyMatch(i -> OF_A_CONNECTION.contains(fields.get(i))
                            || (fields.get(i).equals("te") && !fields.get(i + 1).equals("trailers")));
        }

        boolean absolute() {
            String path = fields.get(fields.indexOf(":path") + 1);
            return !path.startsWith("/") && !path.equals("*");
        }
    }

    /** Those that only HTTP/2 can say, of {@code framing-corpus-http2.txt}. */
    static List<Http2Case> own(String hostname) {
        List<Http2Case> cases = new ArrayList<>();
        FramingCase.read("/framing-corpus-http2.txt", (head, lines) -> {
            String name = head.group(1);
            Request request = new Request(new ArrayList<>(), new ByteArrayOutputStream(), new ArrayList<>());
            for (String line : lines) {
                if (!line.isEmpty()) {
                    add(request, FramingCase.placed(line, name, hostname), hostname);
                }
            }
            Optional<Boolean> passes = head.group(2).equals("either")
                    ? Optional.empty()
                    : Optional.of(head.group(2).equals("pass"));
            cases.add(new Http2Case(name, passes, head.group(3).contains("body"), List.of(request)));
        });
        return cases;
    }

    private static void add(Request request, String line, String hostname) {
        if (line.startsWith("> ")) {
            request.data().writeBytes(line.substring(2).getBytes(StandardCharsets.ISO_8859_1));
        } else if (line.matches("[A-Z]+ /\\S*")) {
            String[] words = line.split(" ", -1);
            request.fields()
                    .addAll(List.of(
                            ":method", words[0], ":scheme", "https", ":authority", hostname, ":path", words[1]));
        } else {
            List<String> block = line.startsWith("< ") ? request.trailers() : request.fields();
            String field = line.startsWith("< ") ? line.substring(2) : line;
            int blank = field.indexOf(' ');
            block.add(field.substring(0, blank));
            block.add(field.substring(blank + 1));
        }
    }

    /** Empty for what HTTP/2 has no place for: ends of lines, versions, requests that are no line of three words. */
    static Optional<Http2Case> of(FramingCase http1, String hostname) {
        List<Request> requests = new ArrayList<>();
        for (String text : http1.text(hostname).split("(?=[A-Z]+ /c/" + http1.name() + "/\\d HTTP)", -1)) {
            Optional<Request> request = request(text);
            if (request.isEmpty()) {
                return Optional.empty();
            }
            requests.add(request.get());
        }
        return Optional.of(new Http2Case(http1.name(), passes(http1, requests), false, requests));
    }

    private static Optional<Boolean> passes(FramingCase http1, List<Request> requests) {
        if (http1.words().contains("http2-passes") || http1.words().contains("http2-refused")) {
            return Optional.of(http1.words().contains("http2-passes"));
        }
        if (!http1.mustPass() && !http1.mustBeRefused()) {
            return Optional.empty();
        }
        return Optional.of(http1.mustPass()
                && requests.stream().noneMatch(request -> request.ofAConnection() || request.absolute()));
    }

    private static Optional<Request> request(String text) {
        int headEnd = text.indexOf("\r\n\r\n");
        String head = headEnd < 0 ? text : text.substring(0, headEnd);
        String rest = headEnd < 0 ? "" : text.substring(headEnd + 4);
        int lineEnd = head.indexOf("\r\n");
        String line = lineEnd < 0 ? head : head.substring(0, lineEnd);
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first < 0 || first == last || !line.substring(last + 1).matches("HTTP/1\\.[01]")) {
            return Optional.empty();
        }
        List<String> fields = new ArrayList<>(List.of(
                ":method", line.substring(0, first), ":scheme", "https", ":path", line.substring(first + 1, last)));
        for (String field :
                lineEnd < 0 ? new String[0] : head.substring(lineEnd + 2).split("\r\n(?![ \t])", -1)) {
            add(fields, field);
        }
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(rest.getBytes(StandardCharsets.ISO_8859_1));
        return Optional.of(new Request(fields, data, List.of()));
    }

    private static void add(List<String> fields, String field) {
        if (field.isEmpty()) {
            return;
        }
        int colon = field.indexOf(':');
        String name = (colon < 0 ? field : field.substring(0, colon)).toLowerCase(Locale.ROOT);
        String value = colon < 0 ? "" : field.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", "");
        boolean authority = name.equals("host") && !fields.contains(":authority");
        int at = authority ? 4 : fields.size(); // pseudo-header fields come first
        fields.add(at, authority ? ":authority" : name);
        fields.add(at + 1, value);
    }

    String sentinel() {
        return "/sentinel/" + name;
    }

    /** How many requests a device may see. */
    int mayBeSeen() {
        return passes.orElse(true) || headMayArrive ? requests.size() : 0;
    }

    /** The stream behind those of the requests. */
    int sentinelStream() {
        return 2 * requests.size() + 1;
    }

    /** Sends every request, all at once. */
    void send(Http2Visitor visitor) throws IOException {
        int stream = 1;
        for (Request request : requests) {
            boolean data = request.data().size() > 0;
            visitor.headers(
                    stream, request.fields(), !data && request.trailers().isEmpty());
            if (data) {
                visitor.data(
                        stream, request.data().toByteArray(), request.trailers().isEmpty());
            }
            if (!request.trailers().isEmpty()) {
                visitor.headers(stream, request.trailers(), true);
            }
            stream += 2;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
