package sallyport.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.testkit.DeviceServer;

/** The answers in what a visitor's connection brought until its end, told apart by their framing alone. */
final class RawAnswers {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final Pattern CHUNK = Pattern.compile("\\G([0-9a-f]+)\r\n");

    private RawAnswers() {}

    /** One final answer; {@code whole} when its end was reached. */
    record Answer(int status, String head, String body, boolean whole) {
        Optional<String> field(String name) {
            Matcher matcher = Pattern.compile("(?im)^" + name + ": *(.*?)\r?$").matcher(head);
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        }

        /** The target of the request that the device answered; empty when it was not the device, or it did not understand. */
        Optional<String> target() {
            return field(DeviceServer.TARGET);
        }

        boolean closes() {
            return field("Connection").filter("close"::equalsIgnoreCase).isPresent();
        }

        boolean byGateway() {
            return target().isEmpty() && (body.contains("SP-") || head.contains("SP-"));
        }
    }

    /** Everything until the end, however it came. */
    static String readAll(InputStream in) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (java.net.SocketTimeoutException e) {
            throw new IllegalStateException("the connection neither answered nor ended: " + all, e);
        } catch (IOException e) {
            // a reset: what came before it counts
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Parses; {@code firstIsHead}: the first answer belongs to a HEAD and has no body. */
    static List<Answer> parse(String text, boolean firstIsHead) {
        List<Answer> answers = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf("\r\n\r\n", at);
            Matcher status = STATUS.matcher(text.substring(at, Math.min(text.length(), at + 13)));
            if (end < 0 || !status.find()) {
                answers.add(new Answer(0, text.substring(at), "", false));
                return answers;
            }
            Answer head = new Answer(Integer.parseInt(status.group(1)), text.substring(at, end + 2), "", false);
            at = end + 4;
            if (head.status() >= 200) {
                boolean empty = (firstIsHead && answers.isEmpty()) || head.status() == 204 || head.status() == 304;
                at = empty ? add(answers, head, text, at, at) : body(answers, head, text, at);
            }
        }
        return answers;
    }

    private static int add(List<Answer> answers, Answer head, String text, int from, int to) {
        boolean whole = to <= text.length();
        int end = Math.min(to, text.length());
        answers.add(new Answer(head.status(), head.head(), text.substring(from, end), whole));
        return end;
    }

    private static int body(List<Answer> answers, Answer head, String text, int from) {
        Optional<String> length = head.field("Content-Length");
        if (length.isPresent()) {
            return add(answers, head, text, from, from + Integer.parseInt(length.get()));
        }
        int at = from;
        Matcher chunk = CHUNK.matcher(text);
        while (chunk.find(at)) {
            int size = Integer.parseInt(chunk.group(1), 16);
            at = chunk.end() + size + 2;
            if (size == 0) {
                return add(answers, head, text, from, at);
            }
        }
        return add(answers, head, text, from, text.length() + 1);
    }
}
