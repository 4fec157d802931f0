package sallyport.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import sallyport.app.CommandFixture.Result;

/** What holds for the command line without a gateway. */
final class CommandLineTest {
    @TempDir
    Path folder;

    @Test
    void every_command_has_a_readable_help_and_takes_config() {
        for (List<String> command : commands(root(), List.of())) {
            List<String> words = new ArrayList<>(command);
            words.add("--help");
            Result help = CommandFixture.bare(words.toArray(String[]::new));
            assertThat(help.code()).as(words.toString()).isEqualTo(0);
            assertThat(help.out()).as(words.toString()).contains("Usage: sallyport", "--config=FILE");
            assertThat(help.err()).isEmpty();
        }
    }

    @Test
    void usage_errors_exit_with_2_and_say_where_help_is() {
        for (List<String> words : List.of(
                List.<String>of(),
                List.of("device"),
                List.of("devcie", "list"),
                List.of("device", "add"),
                List.of("device", "add", "lab"),
                List.of("device", "list", "--colour"),
                List.of("device", "list", "-o", "xml"))) {
            Result result = CommandFixture.bare(words.toArray(String[]::new));
            assertThat(result.code()).as(words.toString()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).as(words.toString()).contains("--help").doesNotContain("Exception");
        }
    }

    @Test
    void a_gateway_that_does_not_run_is_exit_code_5() {
        Path file = CommandFixture.write(folder, "sallyport.yaml", "data: data\n");
        Result result = CommandFixture.bare("status", "--config", file.toString());
        assertThat(result.code()).isEqualTo(5);
        assertThat(result.err()).startsWith("SP-320").contains("admin.sock", "sallyport gateway");
    }

    @Test
    void a_configuration_error_is_exit_code_78_with_its_place() {
        Path file = CommandFixture.write(folder, "sallyport.yaml", "data: data\nshs: {listen: 1}\n");
        for (List<String> words : List.of(List.of("config", "check"), List.of("status"), List.of("config", "show"))) {
            List<String> line = new ArrayList<>(words);
            line.addAll(List.of("--config", file.toString()));
            Result result = CommandFixture.bare(line.toArray(String[]::new));
            assertThat(result.code()).as(result.err()).isEqualTo(78);
            assertThat(result.err())
                    .contains("SP-702", "sallyport.yaml:2:1", "shs")
                    .doesNotContain("Exception");
            assertThat(result.out()).isEmpty();
        }
    }

    @Test
    void config_show_tells_where_a_value_came_from() {
        Path file = CommandFixture.write(folder, "sallyport.yaml", "data: data\ndomain: mm.test\n");
        Result check = CommandFixture.bare("config", "--config", file.toString(), "check");
        assertThat(check.code()).as(check.err()).isEqualTo(0);
        Result shown = CommandFixture.bare("config", "show", "--origin", "--config", file.toString());
        assertThat(shown.code()).isEqualTo(0);
        assertThat(shown.out()).contains("domain", "mm.test", "sallyport.yaml:2:", "default");
        Result json = CommandFixture.bare("config", "show", "--json", "--config", file.toString());
        assertThat(json.out()).contains("\"domain\" : \"mm.test\"");
    }

    @Test
    void completion_scripts_name_every_command() {
        assertThat(CommandFixture.bare("completion", "bash").out()).contains("complete -F", "hostname", "--open-port");
        assertThat(CommandFixture.bare("completion", "zsh").out()).contains("bashcompinit");
        assertThat(CommandFixture.bare("completion", "fish").out())
                .contains("complete -c sallyport -n '__fish_use_subcommand' -a device", "-l open-port -r");
    }

    @Test
    void version_prints_one_line() {
        assertThat(CommandFixture.bare("version").out()).matches("sallyport \\d+\\.\\d+\\.\\d+\\R");
    }

    private static CommandLine root() {
        return Sallyport.commandLine(
                Map.of(), new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
    }

    private static List<List<String>> commands(CommandLine command, List<String> name) {
        List<List<String>> all = new ArrayList<>();
        all.add(name);
        command.getSubcommands().forEach((word, sub) -> {
            List<String> below = new ArrayList<>(name);
            below.add(word);
            all.addAll(commands(sub, below));
        });
        return all;
    }
}
