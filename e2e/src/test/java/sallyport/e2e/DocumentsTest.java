package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sallyport.gateway.fault.Fault;
import sallyport.testkit.GatewayProcess;

/** Documents say what the code does: whoever changes one changes the other. */
class DocumentsTest {
    private static final Path ROOT = GatewayProcess.launcher().resolveSibling("");
    private static final Path SOURCES = ROOT.resolve("gateway/src/main/java/sallyport/gateway");

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String document(String name) {
        return read(ROOT.resolve("docs").resolve(name));
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static Set<String> matches(String regex, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile(regex).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void everyStandardThatTheCodeQuotesIsInTheListOfStandards() throws IOException {
        Set<String> quoted = new TreeSet<>();
        for (Path file : javaFiles(SOURCES)) {
            quoted.addAll(matches("(RFC \\d{4})", read(file)));
        }
        assertThat(matches("(RFC \\d{4})", document("standards.md"))).containsAll(quoted);
    }

    @Test
    void everyClassInTheListOfStandardsExists() {
        for (String name : matches("`([a-z.]+\\.[A-Z][A-Za-z0-9]+)`", document("standards.md"))) {
            assertThat(SOURCES.resolve(name.replace('.', '/') + ".java")).exists();
        }
    }

    @Test
    void everyTestInTheListOfStandardsExists() throws IOException {
        Set<String> tests = javaFiles(ROOT).stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .filter(name -> name.endsWith("Test"))
                .collect(Collectors.toSet());
        assertThat(tests).containsAll(matches("`([A-Z][A-Za-z0-9]+Test)`", document("standards.md")));
    }

    @Test
    void everyFaultHasItsSection() {
        String faults = document("faults.md");
        for (Fault fault : Fault.values()) {
            assertThat(faults).contains(fault.code());
        }
    }

    @Test
    void theWalkThroughTheArchitectureHasTheStepsOfItsTest() {
        Set<String> steps = matches("(?m)^### (\\d+\\. [^\\n]+)$", document("architecture.md"));
        String test = read(ROOT.resolve("e2e/src/test/java/sallyport/e2e/LifeOfARequestTest.java"));
        assertThat(steps).hasSize(7);
        for (String step : steps) {
            assertThat(test).contains("// " + step);
        }
    }

    @Test
    void readmeNamesTheFieldsOfADevicesDialog() {
        assertThat(read(ROOT.resolve("README.md")))
                .contains("SSH host", "SSH port", "SSH user", "Listening HTTPS port on SSH host");
    }
}
