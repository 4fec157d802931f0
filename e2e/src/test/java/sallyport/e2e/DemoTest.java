package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Program;

/** {@code ./sallyport demo}, with nothing prepared. */
class DemoTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Test
    @Tag("smoke")
    void onceMakesTheRoundTripThroughBothOptionsAndExits0() {
        Program.Result result =
                Program.run(DEADLINE, List.of(GatewayProcess.launcher().toString(), "demo", "--once"));
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stdout()).contains("open port", "hostname", "WebSocket", "download", "upload", "redirect");
        assertThat(result.stdout()).doesNotContain("FAILED");
    }

    @Test
    void printsLinesThatWorkWhenTheyAreCopiedAndEndsWithCtrlC() {
        // what a shell runs in the background ignores Ctrl-C, and so do its children: not here
        try (Program demo = Program.start(
                List.of("env", "--default-signal=INT", GatewayProcess.launcher().toString(), "demo"))) {
            String line = demo.awaitLine("^ *(curl .*)$", DEADLINE).group(1);
            demo.awaitLine("Ctrl-C", DEADLINE);

            Program.Result copied = Program.run(DEADLINE, List.of("sh", "-c", line));
            assertThat(copied.exitCode()).as(line + "\n" + copied).isZero();
            assertThat(copied.stdout()).contains("Bench multimeter");

            demo.signal("INT");
            assertThat(demo.finish(Duration.ofSeconds(20)).exitCode()).isIn(0, 130);
        }
    }
}
