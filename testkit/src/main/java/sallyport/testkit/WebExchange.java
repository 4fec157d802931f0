package sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request as it arrived, byte for byte, and the means to answer it. For the connection's thread alone. */
public final class WebExchange {
    private static final int MAX_HEAD = 256 * 1024;

    private final WebConnection connection;
    private final String head;
    private final String method;
    private final String target;
    private final List<String> fields;
    private @Nullable InputStream body;
    private boolean answered;
    private boolean keepAlive;

    private WebExchange(WebConnection connection, String head) throws IOException {
        this.connection = connection;
        this.head = head;
        List<String> lines = List.of(head.split("\r\n"));
        String[] words = lines.getFirst().split(" ", -1);
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            connection
                    .out()
                    .write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            throw new IOException("not HTTP");
        }
        method = words[0];
        target = words[1];
        fields = lines.subList(1, lines.size());
        keepAlive = words[2].equals("HTTP/1.1")
                && !findField("Connection")
                        .map(value -> value.equalsIgnoreCase("close"))
                        .orElse(false);
    }

    /** Reads a request's head; null when the visitor closed the connection between requests. */
    static @Nullable WebExchange read(WebConnection connection) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int octet = connection.in().read();
            if (octet < 0 && head.size() == 0) {
                return null;
            }
            if (octet < 0 || head.size() > MAX_HEAD) {
                throw new IOException("no complete head");
            }
            head.write(octet);
            boolean expected = octet == (matched % 2 == 0 ? '\r' : '\n');
            matched = expected ? matched + 1 : octet == '\r' ? 1 : 0;
        }
        return new WebExchange(connection, head.toString(StandardCharsets.ISO_8859_1));
    }

    public WebConnection connection() {
        return connection;
    }

    /** Request line and fields exactly as they arrived, with the empty line. */
    public String head() {
        return head;
    }

    public String method() {
        return method;
    }

    /** The request target, byte-identical. */
    public String target() {
        return target;
    }

    /** The target up to the question mark. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The value of {@code name=} in the query, undecoded. */
    public Optional<String> findParameter(String name) {
        int query = target.indexOf('?');
        return query < 0
                ? Optional.empty()
                : List.of(target.substring(query + 1).split("&")).stream()
                        .filter(pair -> pair.startsWith(name + "="))
                        .map(pair -> pair.substring(name.length() + 1))
                        .findFirst();
    }

    /** The first field of this name, trimmed. */
    public Optional<String> findField(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return fields.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).trim())
                .findFirst();
    }

    /** The body, decoded from its framing; a visitor that waits for 100-continue gets it here. */
    public InputStream body() throws IOException {
        InputStream current = body;
        if (current == null) {
            if (findField("Expect")
                    .map(value -> value.equalsIgnoreCase("100-continue"))
                    .orElse(false)) {
                send("HTTP/1.1 100 Continue\r\n\r\n");
            }
            current = BodyStream.of(this);
            body = current;
        }
        return current;
    }

    /** Answers with a whole body. */
    public void answer(int status, String type, byte[] content, String... moreFields) throws IOException {
        start(status, type, content.length, moreFields);
        if (!method.equals("HEAD")) {
            connection.out().write(content);
        }
    }

    public void answer(int status, String type, String content, String... moreFields) throws IOException {
        answer(status, type, content.getBytes(StandardCharsets.UTF_8), moreFields);
    }

    /** Begins an answer of known length; write exactly that many bytes to {@link #out}. */
    public void start(int status, String type, long length, String... moreFields) throws IOException {
        answered = true;
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        text.append("Content-Type: ").append(type).append("\r\n");
        text.append("Content-Length: ").append(length).append("\r\n");
        for (String field : moreFields) {
            text.append(field).append("\r\n");
        }
        if (!keepAlive) {
            text.append("Connection: close\r\n");
        }
        send(text.append("\r\n").toString());
    }

    /** Begins an answer in chunks; close the stream to send the last one. Every write is one chunk and leaves at once. */
    public OutputStream startChunked(int status, String type, String... moreFields) throws IOException {
        answered = true;
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
        text.append("Content-Type: ").append(type).append("\r\nTransfer-Encoding: chunked\r\n");
        for (String field : moreFields) {
            text.append(field).append("\r\n");
        }
        send(text.append("\r\n").toString());
        return new ChunkedOutput(connection.out());
    }

    /** Sends text as it is: handlers that answer badly write their own head. */
    public void send(String text) throws IOException {
        answered = true;
        connection.out().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public OutputStream out() {
        return connection.out();
    }

    /** The connection ends after this answer. */
    public void closeAfterwards() {
        keepAlive = false;
    }

    /** Reads what is left of the body; true when the connection may carry another request. */
    boolean finish() throws IOException {
        if (!answered) {
            answer(404, "text/plain", "nothing here\n");
        }
        if (keepAlive) {
            body().transferTo(OutputStream.nullOutputStream());
        }
        return keepAlive;
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 302 -> "Found";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 413 -> "Content Too Large";
            default -> "Status";
        };
    }

    private static final class ChunkedOutput extends OutputStream {
        private final OutputStream out;

        private ChunkedOutput(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                ByteArrayOutputStream chunk = new ByteArrayOutputStream(length + 16);
                chunk.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                chunk.write(bytes, offset, length);
                chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
                out.write(chunk.toByteArray());
            }
        }

        @Override
        public void close() throws IOException {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
