package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;

/** The access log in a place of its own: one line a request, in the formats that collectors read, rotated. */
@ExtendWith(SharedGateway.class)
class AccessLogTest {
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    @Test
    void jsonLineTellsTheRequestAndTheDeviceGetsItsId(Scene scene) throws IOException {
        Path file = scene.folder().resolve("access.json");
        GatewayProcess gateway = logging(scene, "{file: " + file + "}");

        String echoed = gateway.visit("logged", "/echo?token=secret")
                .header("X-Request-Id: forged")
                .header("Referer: https://elsewhere.test/?token=secret")
                .run()
                .body();

        String line = lineWith(file, "/echo");
        assertThat(line)
                .startsWith("{\"")
                .contains("\"device\":\"logged\"", "\"hostname\":\"logged.sallyport.test\"", "\"status\":200")
                .contains("\"method\":\"GET\"", "\"firstByteMillis\":", "\"millis\":", "\"from\":\"127.0.0.1:")
                .doesNotContain("secret");
        Matcher id = ID.matcher(line);
        assertThat(id.find()).isTrue();
        assertThat(echoed).contains("X-Request-Id: " + id.group(1)).doesNotContain("forged");
        assertThat(gateway.program().stderr()).doesNotContain("/echo");
    }

    @Test
    void combinedLineIsWhatWebServersWrite(Scene scene) throws IOException {
        Path file = scene.folder().resolve("access.log");
        GatewayProcess gateway = logging(scene, "{file: " + file + ", format: combined}");

        gateway.visit("logged", "/echo/page?x=1").with("-A", "say \"hi\"").run();

        assertThat(lineWith(file, "/echo/page"))
                .matches("127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000] "
                        + "\"GET /echo/page\\?\\.\\.\\. HTTP/[12](\\.[01])?\" 200 \\d+ \"-\" \"say \\\\\"hi\\\\\"\"");
    }

    @Test
    void fullFileIsRotatedAndOldOnesGo(Scene scene) throws IOException {
        Path file = scene.folder().resolve("small.log");
        GatewayProcess gateway = logging(scene, "{file: " + file + ", format: combined, max-size: 64K, keep: 2}");
        String agent = "a".repeat(500);

        await().atMost(Scene.SOON).until(() -> {
            for (int i = 0; i < 20; i++) {
                gateway.visit("logged", "/[1-10]").with("-A", agent).run();
            }
            return rotated(file).size() >= 1;
        });

        assertThat(Files.size(file)).isLessThan(128 * 1024);
    }

    private static List<Path> rotated(Path file) throws IOException {
        try (var files = Files.list(file.getParent())) {
            return files.filter(path -> path.toString().endsWith(".gz")).toList();
        }
    }

    private static GatewayProcess logging(Scene scene, String access) {
        GatewayProcess gateway = scene.ownGateway(setup -> setup.with("access-log", access));
        FakeAppliance appliance = scene.use(FakeAppliance.tls("logged"));
        scene.online("logged", appliance.port());
        return gateway;
    }

    private static String lineWith(Path file, String text) {
        return await().atMost(Scene.SOON)
                .until(
                        () -> Files.readAllLines(file).stream()
                                .filter(line -> line.contains(text))
                                .findFirst()
                                .orElse(""),
                        line -> !line.isEmpty());
    }
}
