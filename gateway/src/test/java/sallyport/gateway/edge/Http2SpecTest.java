package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameRoute;

/** h2spec 2.1.1, strict: every rule of RFC 9113 and RFC 7541 that it knows, against the front with a device behind it. */
final class Http2SpecTest {
    private static final String ARCHIVE = "/h2spec/2.1.1/h2spec_linux_amd64.tar.gz";

    @TempDir
    Path folder;

    private String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static HostnameRoute forLocalhost(HostnameRoute route) {
        return new HostnameRoute(
                new Hostname("localhost"),
                route.device(),
                route.port(),
                route.tls(),
                route.deviceTls(),
                route.automatic(),
                route.options());
    }

    @Test
    void every_case_of_h2spec_passes() throws Exception {
        try (InputStream archive = Objects.requireNonNull(Http2SpecTest.class.getResourceAsStream(ARCHIVE))) {
            Files.copy(archive, folder.resolve("h2spec.tar.gz"));
        }
        run("tar", "-xzf", "h2spec.tar.gz");
        String body = "x".repeat(2000);
        try (RawDevice device = RawDevice.answering("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + body);
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, Http2SpecTest::forLocalhost);
            String port = Integer.toString(front.address.getPort());
            assertThat(run(folder.resolve("h2spec").toString(), "-h", "localhost", "-p", port, "-t", "-k", "-S"))
                    .contains("146 tests, 146 passed, 0 skipped, 0 failed");
        }
    }
}
