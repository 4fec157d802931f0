package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Nginx;
import sallyport.testkit.Program;
import sallyport.testkit.StockSsh;

/** The walk-through of the README, word for word on free ports. */
@ExtendWith(SharedGateway.class)
class FiveLineConfigurationTest {
    @Test
    void fiveLinesAndOneCommandMakeBothOptionsWork(Scene scene) throws Exception {
        Path data = scene.folder().resolve("data");
        Path file = scene.folder().write("sallyport.yaml", """
                        data: %s
                        domain: mm-remote.example.com
                        ssh: {listen: "127.0.0.1:0"}
                        https: {listen: "127.0.0.1:0"}
                        http: {listen: "127.0.0.1:0"}
                        """.formatted(data));
        Nginx nginx = scene.use(Nginx.tls("meter-7"));
        GatewayProcess gateway = scene.use(GatewayProcess.start(
                file,
                data,
                Map.of("SALLYPORT_CONSOLE_LISTEN", "127.0.0.1:0", "SALLYPORT_MANAGEMENT_LISTEN", "127.0.0.1:0")));
        KeyFile key = KeyFile.ed25519(scene.folder(), "meter-7");
        int port = scene.newPort();

        Program.Result added = gateway.command(
                "device", "add", "meter-7", "--key", key.path() + ".pub", "--open-port", Integer.toString(port));
        assertThat(added.exitCode()).as(added.toString()).isZero();
        scene.use(StockSsh.openssh(gateway.ports().ssh(), key)
                .user("mmremote")
                .exitOnForwardFailure()
                .forward(port + ":localhost:" + nginx.port())
                .start());

        Curl.Answer byPort =
                scene.answered(() -> Curl.url("https://localhost:" + port + "/").trustingAnything());
        Curl.Answer byName = scene.answered(() -> gateway.visitHost("meter-7.mm-remote.example.com", "/"));
        assertThat(Files.readAllLines(file)).hasSize(5);
        assertThat(byPort.body()).contains("<h1>meter-7</h1>");
        assertThat(byName.body()).contains("<h1>meter-7</h1>");
    }
}
