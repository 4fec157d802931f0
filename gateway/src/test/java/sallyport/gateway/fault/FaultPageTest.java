package sallyport.gateway.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/faults.md} to {@link Fault}. */
final class FaultPageTest {
    private static final Pattern SECTION = Pattern.compile(
            "^### (SP-\\d+)\\n\\nCause: (.*?) {2}\\nFix: (.*?)\\n\\n(.*?)(?=^##|\\z)",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)}");
    private static final int SENTENCE = 40;

    private record Section(String cause, String fix, String background) {}

    private static Map<String, Section> sections() throws IOException {
        Path page = Path.of("../docs/faults.md");
        Map<String, Section> sections = new TreeMap<>();
        Matcher matcher = SECTION.matcher(Files.readString(Files.exists(page) ? page : Path.of("docs/faults.md")));
        while (matcher.find()) {
            Section section = new Section(matcher.group(2), matcher.group(3), matcher.group(4));
            assertThat(sections.put(matcher.group(1), section))
                    .as("%s stands twice", matcher.group(1))
                    .isNull();
        }
        return sections;
    }

    @Test
    void every_fault_has_a_section_with_its_words_and_a_background() throws IOException {
        Map<String, Section> sections = sections();
        for (Fault fault : Fault.values()) {
            Section section = sections.get(fault.code());
            String wanted = "### " + fault.code() + "\n\nCause: " + fault.cause() + "  \nFix: " + fault.fix()
                    + "\n\nBackground.\n";
            assertThat(section)
                    .as("docs/faults.md needs a section:%n%s", wanted)
                    .isNotNull();
            assertThat(section.cause()).as("cause of %s", fault.code()).isEqualTo(fault.cause());
            assertThat(section.fix()).as("fix of %s", fault.code()).isEqualTo(fault.fix());
            assertThat(section.background().strip())
                    .as("background of %s", fault.code())
                    .hasSizeGreaterThan(SENTENCE);
        }
    }

    @Test
    void no_section_is_left_over_and_they_are_in_the_order_of_their_numbers() throws IOException {
        List<String> codes = Arrays.stream(Fault.values()).map(Fault::code).toList();
        assertThat(sections().keySet()).isSubsetOf(codes);
        String page = Files.readString(
                Path.of(Files.exists(Path.of("../docs/faults.md")) ? "../docs/faults.md" : "docs/faults.md"));
        assertThat(Pattern.compile("^### SP-(\\d+)$", Pattern.MULTILINE)
                        .matcher(page)
                        .results()
                        .map(result -> Integer.parseInt(result.group(1))))
                .isSorted();
    }

    @Test
    void numbers_are_unique_and_in_the_blocks() {
        Set<String> seen = new HashSet<>();
        for (Fault fault : Fault.values()) {
            assertThat(seen.add(fault.code()))
                    .as("%s of %s is taken", fault.code(), fault)
                    .isTrue();
            assertThat(fault.code()).matches("SP-[1-7]\\d\\d");
        }
    }

    @Test
    void cause_and_fix_are_sentences_whose_placeholders_can_be_filled_in() {
        for (Fault fault : Fault.values()) {
            for (String words : List.of(fault.cause(), fault.fix())) {
                PLACEHOLDER
                        .matcher(words)
                        .results()
                        .forEach(place -> assertThat(place.group(1))
                                .as("placeholder of %s", fault)
                                .matches("[a-z]+"));
                assertThat(words.strip()).as("%s", fault).isNotEmpty();
            }
            assertThat(fault.cause()).as("%s", fault).endsWith(".");
        }
    }
}
