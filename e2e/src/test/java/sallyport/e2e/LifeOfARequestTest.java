package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.Visitor;

/** Walks the steps of "The life of a request" in {@code docs/architecture.md}, in the same order. */
@ExtendWith(SharedGateway.class)
class LifeOfARequestTest {
    private static final String HOST = GatewayProcess.hostname("life");

    @Test
    void lifeOfARequest(Scene scene) throws Exception {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("life"));
        int port = scene.newPort();
        KeyFile key = KeyFile.ed25519(scene.folder(), "life");

        // 1. The device dials in: unknown at first, and remembered as a key that knocked
        Program.Result unknown =
                scene.use(scene.ssh(key).forward(port, 9).start()).finish(Scene.SOON);
        assertThat(unknown.exitCode()).isEqualTo(255);
        await().atMost(Scene.SOON).until(() -> scene.gateway().api().status().contains(key.blob()));
        scene.enrol("life", key, device -> device.openPort(port));

        // 2. The device asks for its port
        Program ssh = scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward(port, appliance.port())
                .start());
        scene.untilAnswered("life");
        assertThat(scene.gateway().api().show("life")).contains("\"tls\"");

        // 3. Option 1: a visitor on the open port meets the device's own TLS
        Curl.Answer byPort = Curl.url("https://127.0.0.1:" + port + "/echo")
                .trustingAnything()
                .run();
        assertThat(byPort.body()).startsWith("GET /echo HTTP/1.1").doesNotContain("X-Forwarded");

        // 4. Option 2: a visitor by name
        Curl.Answer byName = scene.gateway().visit("life", "/echo/%41?q=%2F").run();
        assertThat(byName.body())
                .startsWith("GET /echo/%41?q=%2F HTTP/1.1")
                .containsIgnoringCase("X-Forwarded-Proto: https");

        // 5. Back-pressure: a stalled visitor holds up nobody else
        try (Visitor stalled = scene.gateway().connect("life")) {
            stalled.send("GET /download?bytes=100000000 HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n");
            assertThat(scene.gateway().visit("life", "/").run().body()).isEqualTo("life");
        }

        // 6. Nobody there: a short absence is a pause
        ssh.close();
        scene.use(scene.ssh(key)
                .exitOnForwardFailure()
                .forward(port, appliance.port())
                .start());
        Curl.Answer afterPause = scene.gateway()
                .visit("life", "/")
                .deadline(Duration.ofSeconds(15))
                .run();
        assertThat(afterPause.body()).isEqualTo("life");

        // 7. The end: when the visitor leaves, its stream ends at the device
        leaveInTheMiddle(scene);
        await().atMost(Scene.SOON).until(() -> appliance.server().openConnections() == 0);
    }

    private static void leaveInTheMiddle(Scene scene) throws IOException {
        try (Visitor leaving = scene.gateway().connect("life")) {
            Visitor.Head head = leaving.get(HOST, "/download?bytes=100000000");
            InputStream body = leaving.body(head);
            assertThat(body.readNBytes(1000)).hasSize(1000);
        }
    }
}
