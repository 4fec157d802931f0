package sallyport.gateway.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import sallyport.gateway.directory.Printable;

/**
 * Reads YAML 1.2 text into {@link Given}s. Works on the node tree, not on Java objects: every node keeps its line and
 * column, and a scalar keeps its text, so that {@code 022}, {@code yes} and {@code 1e3} are what was written.
 */
final class YamlSource {
    private static final String STANDARD_TAGS = "tag:yaml.org,2002:";
    private static final Pattern BARE_BRACKETS = Pattern.compile("(^|[^\"'])\\[[0-9a-fA-F:.]*]:\\d");
    private static final Pattern BARE_STAR = Pattern.compile("(^|\\s|,)\\*");

    private final int rank;
    private final String name;
    private final String text;
    private final Problems problems;
    private final List<Given> givens = new ArrayList<>();

    private YamlSource(int rank, String name, String text, Problems problems) {
        this.rank = rank;
        this.name = name;
        this.text = text;
        this.problems = problems;
    }

    /** What a whole file says. */
    static List<Given> read(int rank, String name, String text, Problems problems) {
        YamlSource source = new YamlSource(rank, name, text, problems);
        source.compose().ifPresent(source::top);
        return source.givens;
    }

    /** What a single YAML value says about a key, for variables and options. */
    static List<Given> readValue(ConfigKey key, int rank, String name, String text, Problems problems) {
        YamlSource source = new YamlSource(rank, name, text, problems);
        source.compose().ifPresent(node -> source.value(key, node));
        return source.givens.stream()
                .map(given -> new Given(key, new Place(rank, name, 0, 0), given.items(), given.pairs()))
                .toList();
    }

    private Optional<Node> compose() {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            String problem = e.getProblem() == null ? "this is not YAML" : e.getProblem();
            broken(e.getProblemMark().map(this::place), e.getContextMark().map(this::place), problem);
        } catch (ReaderException e) {
            Place place = placeAt(e.getPosition());
            problems.syntax(
                    place,
                    String.format("the invisible character U+%04X is not allowed", e.getCodePoint()),
                    "Remove it.");
        } catch (YamlEngineException e) {
            problems.syntax(
                    new Place(rank, name, 1, 1),
                    "this is not YAML 1.2: " + Printable.shorten(String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    /** What never ends is shown where it begins, everything else where reading stopped. */
    private void broken(Optional<Place> stop, Optional<Place> begin, String problem) {
        boolean atEnd = stop.isPresent() && stop.get().line() > text.lines().count();
        Optional<Place> best = atEnd ? begin.or(() -> stop) : stop.or(() -> begin);
        Place place = best.orElseGet(() -> new Place(rank, name, 1, 1));
        String detail = atEnd && begin.isPresent() ? "what begins here does not end" : Printable.clean(problem, 200);
        String line = line(place.line());
        int at = place.column() - 1;
        if ((at < line.length() && line.charAt(at) == '\t') || problem.contains("\\t")) {
            problems.syntax(place, "a tab stands here", "Indent with spaces: YAML allows no tabs.");
        } else if (BARE_BRACKETS.matcher(line).find()) {
            problems.syntax(place, detail, "Put addresses with brackets in quotes: \"[::]:443\".");
        } else if (BARE_STAR.matcher(line).find()) {
            problems.syntax(place, detail, "Put values that begin with * in quotes: \"*:443\".");
        } else if (problem.contains("another document")) {
            problems.syntax(place, "a second document begins here", "Keep one: remove this line of dashes.");
        } else if (problem.contains("cannot start any token")) {
            problems.syntax(place, detail, "Put the value in quotes.");
        } else {
            problems.syntax(place, detail);
        }
    }

    private void top(Node node) {
        if (isNull(node)) {
            return;
        }
        if (node instanceof MappingNode mapping) {
            section("", mapping);
        } else {
            problems.syntax(
                    place(node),
                    "keys such as `ssh:` are expected here",
                    "Write lines of the form `key: value`, with a blank behind the colon.");
        }
    }

    private void section(String section, MappingNode mapping) {
        Map<String, Place> seen = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place place = place(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
                problems.syntax(place, "a key has to be a word", "Write lines of the form `key: value`.");
                continue;
            }
            String path = section.isEmpty() ? scalar.getValue() : section + "." + scalar.getValue();
            Place first = seen.putIfAbsent(path, place);
            if (first != null) {
                problems.value(
                        place,
                        Printable.shorten(path),
                        "stands twice, first in line " + first.line(),
                        "Remove one of them.");
            } else if (scalar.getValue().indexOf('.') >= 0) {
                problems.unknown(place, section, scalar.getValue());
            } else if (ConfigKey.find(path).isPresent()) {
                value(ConfigKey.find(path).get(), tuple.getValueNode());
            } else if (section.isEmpty() && ConfigKey.isSection(path)) {
                subsection(path, tuple.getValueNode());
            } else {
                problems.unknown(place, section, scalar.getValue());
            }
        }
    }

    private void subsection(String path, Node node) {
        if (node instanceof MappingNode mapping) {
            section(path, mapping);
        } else if (!isNull(node)) {
            problems.value(
                    place(node),
                    path,
                    kind(node) + " stands here",
                    "Write its keys indented below it: " + String.join(", ", ConfigKey.namesIn(path)) + ".");
        }
    }

    private void value(ConfigKey key, Node node) {
        switch (key.shape()) {
            case ONE -> item(key, node).ifPresent(item -> givens.add(Given.of(key, place(node), List.of(item))));
            case MANY -> many(key, node);
            case PAIRS -> pairs(key, node);
        }
    }

    private Optional<Given.Item> item(ConfigKey key, Node node) {
        return item(key.path(), node, key.shape() == ConfigKey.Shape.ONE ? "Give one value." : "Give one value each.");
    }

    private Optional<Given.Item> item(String path, Node node, String fix) {
        Place place = place(node);
        if (isNull(node)) {
            problems.value(place, path, "there is no value", "Give one, or remove the line.");
        } else if (!(node instanceof ScalarNode scalar)) {
            problems.value(place, path, kind(node) + " stands here", fix);
        } else if (!node.getTag().getValue().startsWith(STANDARD_TAGS)) {
            problems.value(place, path, "a YAML tag stands here", "Remove the word that begins with !.");
        } else {
            return Optional.of(new Given.Item(scalar.getValue(), place));
        }
        return Optional.empty();
    }

    private void many(ConfigKey key, Node node) {
        if (node instanceof SequenceNode sequence) {
            List<Given.Item> items = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                item(key, element).ifPresent(items::add);
            }
            if (items.size() == sequence.getValue().size()) {
                givens.add(Given.of(key, place(node), items));
            }
        } else {
            item(key, node).ifPresent(item -> givens.add(Given.of(key, place(node), List.of(item))));
        }
    }

    private void pairs(ConfigKey key, Node node) {
        List<Given.Pair> pairs = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(element -> pair(key, element).ifPresent(pairs::add));
        } else {
            pair(key, node).ifPresent(pairs::add);
        }
        givens.add(Given.pairs(place(node), pairs));
    }

    private Optional<Given.Pair> pair(ConfigKey key, Node node) {
        String fix = "Write {certificate: FILE, key: FILE}.";
        if (!(node instanceof MappingNode mapping)) {
            problems.value(place(node), key.path(), kind(node) + " stands here", fix);
            return Optional.empty();
        }
        Map<String, Given.Item> members = new HashMap<>();
        boolean complete = true;
        for (NodeTuple tuple : mapping.getValue()) {
            String member = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            Place place = place(tuple.getKeyNode());
            if (!member.equals("certificate") && !member.equals("key")) {
                String near = DidYouMean.find(member, List.of("certificate", "key"))
                        .map(word -> "Did you mean \"certificates." + word + "\"?")
                        .orElse(fix);
                problems.unknownMember(place, key.path() + "." + member, near);
                complete = false;
            } else if (members.containsKey(member)) {
                problems.value(place, key.path() + "." + member, "stands twice", "Remove one of them.");
            } else {
                Optional<Given.Item> item = item(key.path() + "." + member, tuple.getValueNode(), "Give one file.");
                item.ifPresent(found -> members.put(member, found));
                complete &= item.isPresent();
            }
        }
        Given.Item certificate = members.get("certificate");
        Given.Item privateKey = members.get("key");
        if (certificate == null || privateKey == null) {
            if (complete) {
                String missing = certificate == null ? "the certificate is missing" : "the key is missing";
                problems.value(place(node), key.path(), missing, fix);
            }
            return Optional.empty();
        }
        return Optional.of(new Given.Pair(certificate, privateKey, place(node)));
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.getScalarStyle() == ScalarStyle.PLAIN
                && scalar.getValue().matches("|~|null|Null|NULL");
    }

    private static String kind(Node node) {
        return switch (node.getNodeType()) {
            case MAPPING -> "a block of keys";
            case SEQUENCE -> "a list";
            default -> isNull(node) ? "nothing" : "a single value";
        };
    }

    private Place place(Node node) {
        return node.getStartMark().map(this::place).orElseGet(() -> new Place(rank, name, 1, 1));
    }

    private Place place(Mark mark) {
        return new Place(rank, name, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Place placeAt(int position) {
        int end = Math.min(position, text.length());
        int line =
                1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
        return new Place(rank, name, line, end - text.lastIndexOf('\n', end - 1));
    }

    private String line(int number) {
        return number < 1 ? "" : text.lines().skip(number - 1L).findFirst().orElse("");
    }
}
