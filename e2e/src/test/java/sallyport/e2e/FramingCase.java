package sallyport.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One case of {@code framing-corpus.txt}, whose first lines say how it is written.
 *
 * @param name a DNS label, part of the targets of its requests
 * @param expectation {@code pass}, {@code reject} or {@code either}
 * @param words what stands behind it: a count, a status, {@code body}, {@code behind}
 * @param text what the visitor sends, ISO 8859-1, with the placeholders of the file
 */
record FramingCase(String name, String expectation, List<String> words, String text) {
    private static final Pattern HEAD = Pattern.compile("\\[([a-z0-9-]+)] (pass|reject|either)((?: [a-z0-9-]+)*)");
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}]+?)\\*(\\d+)}", Pattern.DOTALL);
    private static final Pattern ESCAPED = Pattern.compile("\\\\(r|n|t|\\\\|x[0-9a-f]{2})");

    /** All of them, in the order of the file. */
    static List<FramingCase> corpus() {
        List<FramingCase> cases = new ArrayList<>();
        read("/framing-corpus.txt", (head, lines) -> {
            List<String> words = Arrays.stream(head.group(3).split(" ", -1))
                    .filter(word -> !word.isEmpty())
                    .toList();
            cases.add(new FramingCase(head.group(1), head.group(2), words, String.join("", lines)));
        });
        return cases;
    }

    /** Tells of each case of a file its first line, as {@link #HEAD} has it, and the lines behind it. */
    static void read(String file, BiConsumer<Matcher, List<String>> found) {
        for (String block : read(file).split("\n(?=\\[)", -1)) {
            List<String> lines =
                    block.lines().filter(line -> !line.startsWith("#")).toList();
            Matcher head = HEAD.matcher(lines.isEmpty() ? "" : lines.getFirst());
            if (head.matches()) {
                found.accept(head, lines.subList(1, lines.size()));
            }
        }
    }

    private static String read(String name) {
        try (InputStream file = Objects.requireNonNull(FramingCase.class.getResourceAsStream(name))) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean mustPass() {
        return expectation.equals("pass");
    }

    boolean mustBeRefused() {
        return expectation.equals("reject");
    }

    /** How many requests a device may see. */
    int requests() {
        if (mustBeRefused()) {
            return words.contains("body") || words.contains("behind") ? 1 : 0;
        }
        return words.stream()
                .filter(word -> word.length() == 1)
                .findFirst()
                .map(Integer::parseInt)
                .orElse(1);
    }

    /** The bytes for a hostname, with the sentinel behind them. */
    byte[] bytes(String hostname) {
        String sentinel = "GET " + sentinel() + " HTTP/1.1\r\nHost: " + hostname + "\r\nConnection: close\r\n\r\n";
        return (text(hostname) + sentinel).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What is sent for a hostname, byte for byte as characters. */
    String text(String hostname) {
        return placed(text, name, hostname);
    }

    /** A text of the file as the bytes that it stands for. */
    static String placed(String text, String name, String hostname) {
        return unescaped(text)
                .replace("@HOST@", hostname)
                .replace("@UPPERHOST@", hostname.toUpperCase(Locale.ROOT))
                .replace("@", name)
                .replace('\u0100', '@');
    }

    private static String unescaped(String text) {
        String repeated = REPEATED.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
        return ESCAPED.matcher(repeated)
                .replaceAll(found -> Matcher.quoteReplacement(
                        switch (found.group(1)) {
                            case "r" -> "\r";
                            case "n" -> "\n";
                            case "t" -> "\t";
                            case "\\" -> "\\";
                            case "x40" -> "\u0100"; // an @ that is no placeholder
                            default ->
                                Character.toString(
                                        Integer.parseInt(found.group(1).substring(1), 16));
                        }));
    }

    boolean beginsWithHead() {
        return text.startsWith("HEAD ");
    }

    String sentinel() {
        return "/sentinel/" + name;
    }

    @Override
    public String toString() {
        return name;
    }
}
