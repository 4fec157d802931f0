package sallyport.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.fault.Problem;

/**
 * {@code broken-configurations.txt}: what a person may write, and every sentence that answers it. An entry is a line of
 * dashes with its name, the file (an arrow stands for a tab), and one line {@code =>} for each problem, in order.
 */
final class BrokenConfigurationsTest {
    private record Entry(String name, String yaml, List<String> sentences) {}

    @TestFactory
    Stream<DynamicTest> every_broken_configuration_is_answered_with_place_cause_and_fix(@TempDir Path folder)
            throws IOException {
        List<Entry> entries = entries();
        assertThat(entries).hasSizeGreaterThan(60);
        return entries.stream().map(entry -> DynamicTest.dynamicTest(entry.name(), () -> check(entry, folder)));
    }

    private static void check(Entry entry, Path folder) throws IOException {
        Path file = folder.resolve("gateway.yaml");
        Files.writeString(file, entry.yaml());
        assertThatThrownBy(() -> new ConfigLoader(Map.of()).load(Optional.of(file), Map.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::sentence)
                                .map(sentence -> sentence.replace(folder + "/", ""))
                                .containsExactlyElementsOf(entry.sentences()));
    }

    private static List<Entry> entries() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                BrokenConfigurationsTest.class.getResourceAsStream("broken-configurations.txt"))) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            List<Entry> entries = new ArrayList<>();
            for (String block : text.substring("---- ".length()).split("\n---- ", -1)) {
                entries.add(entry(block.lines().toList()));
            }
            return entries;
        }
    }

    private static Entry entry(List<String> lines) {
        StringBuilder yaml = new StringBuilder();
        List<String> sentences = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("=> ")) {
                sentences.add(line.substring(3));
            } else {
                yaml.append(line.replace('→', '\t')).append('\n');
            }
        }
        return new Entry(lines.getFirst(), yaml.toString(), sentences);
    }
}
