package sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LoggingTest {
    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    LoggingTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private String written() {
        context.stop();
        return stderr.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_text_line_has_time_level_logger_and_message() {
        Logging.apply(context, Level.INFO, false, stderr);
        context.getLogger("sallyport.event").info("Device {} logged in.", "lab-1");
        assertThat(written())
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  sallyport.event: Device lab-1 logged in.\n");
    }

    @Test
    void no_text_can_forge_a_line_or_speak_to_the_terminal() {
        Logging.apply(context, Level.INFO, false, stderr);
        context.getLogger("x")
                .warn(
                        "a\nb\r\u001b[31m\u009b\u202e\u2028 ü",
                        new IllegalStateException("one\n2026-01-01T00:00:00.000Z INFO  forged: line"));
        String text = written();
        assertThat(text)
                .startsWith(text.substring(0, 24))
                .contains("a\\u000ab\\u000d\\u001b[31m\\u009b\\u202e\\u2028 ü\n");
        assertThat(text.lines().skip(1)).isNotEmpty().allMatch(line -> line.startsWith("    "));
    }

    @Test
    void a_json_line_is_json_with_the_fields_of_the_event() {
        Logging.apply(context, Level.INFO, true, stderr);
        context.getLogger("sallyport.event")
                .atInfo()
                .addKeyValue("device", "lab-1")
                .log("Odd \u001b\u009b {}", "name");
        String text = written();
        JsonNode json = JsonMapper.shared().readTree(text);
        assertThat(json.get("device").asString()).isEqualTo("lab-1");
        assertThat(json.get("level").asString()).isEqualTo("INFO");
        assertThat(json.get("message").asString()).isEqualTo("Odd \u001b\u009b name");
        assertThat(text).doesNotContain("\u001b").doesNotContain("\u009b");
    }

    @Test
    void libraries_are_quiet_and_the_level_is_obeyed() {
        Logging.apply(context, Level.DEBUG, false, stderr);
        context.getLogger("io.netty.util").info("hidden");
        context.getLogger("org.apache.sshd.server").warn("hidden");
        context.getLogger("org.eclipse.jetty").debug("hidden");
        context.getLogger("sallyport.gateway").debug("shown");
        assertThat(written()).contains("shown").doesNotContain("hidden");
    }

    @Test
    void a_pipe_that_nobody_reads_stops_no_thread_and_the_lost_lines_are_counted() {
        CountDownLatch reader = new CountDownLatch(1);
        OutputStream pipe = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    reader.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                stderr.write(bytes, offset, length);
            }
        };
        Logging.apply(context, Level.INFO, false, pipe);
        long start = System.nanoTime();
        for (int i = 0; i < LogQueue.LINES + 1000; i++) {
            context.getLogger("x").info("line");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        reader.countDown();
        await().until(() -> stderr.toString(StandardCharsets.UTF_8).contains("lines of the log were dropped"));
        assertThat(written()).containsPattern("(999|1000) lines of the log were dropped");
    }
}
