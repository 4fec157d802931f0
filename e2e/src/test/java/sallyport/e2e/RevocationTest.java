package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.AdminApi;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Program;
import sallyport.testkit.Visitor;
import sallyport.testkit.WebSocketFrames;

/** What an operator takes away is gone when the command returns: tunnel, listener and live streams. */
@ExtendWith(SharedGateway.class)
class RevocationTest {
    @Test
    void disabledDeviceLosesItsTunnelItsOpenPortAndItsVisitors(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("revoked"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("revoked", device -> device.openPort(port));
        Program ssh = scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        scene.untilAnswered("revoked");
        String byPort = "http://127.0.0.1:" + port + "/";
        scene.answered(() -> Curl.url(byPort));

        try (Visitor live = scene.gateway().connect("revoked")) {
            WebSocketFrames frames = live.webSocket("revoked.sallyport.test", "/socket");
            frames.text("still here");
            assertThat(frames.read().text()).isEqualTo("still here");

            assertThat(scene.command("device", "disable", "revoked").exitCode()).isZero();

            live.readDeadline(Duration.ofSeconds(1));
            assertThat(endsWithoutData(live)).isTrue();
        }
        assertThat(Curl.url(byPort).run().status()).isZero();
        assertThat(scene.gateway().visit("revoked", "/").run().status()).isNotEqualTo(200);
        assertThat(ssh.finish(Duration.ofSeconds(5)).exitCode()).isEqualTo(255);

        assertThat(scene.command("device", "enable", "revoked").exitCode()).isZero();
        scene.use(scene.ssh(key).forward(port, appliance.port()).start());
        scene.untilAnswered("revoked");
    }

    private static boolean endsWithoutData(Visitor visitor) {
        try {
            int first = visitor.in().read();
            return first < 0 || first == (0x80 | WebSocketFrames.CLOSE);
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void removedDeviceLogsInNoMore(Scene scene) {
        KeyFile key = KeyFile.ed25519(scene.folder(), "removed");
        scene.gateway().api().add(AdminApi.device("removed").key(key));
        Program ssh = scene.use(scene.ssh(key).forward(0, 9).start());
        ssh.awaitLine("Allocated port", Scene.SOON);

        assertThat(scene.command("device", "remove", "removed").exitCode()).isZero();

        assertThat(ssh.finish(Duration.ofSeconds(5)).exitCode()).isEqualTo(255);
        assertThat(scene.use(scene.ssh(key).forward(0, 9).start())
                        .finish(Scene.SOON)
                        .stderr())
                .contains("Permission denied");
    }

    @Test
    void visitorFromElsewhereIsForbiddenByNameAlsoWhileTheDeviceIsAway(Scene scene) {
        scene.enrol("fenced", device -> device.with("from", "[\"192.0.2.0/24\"]"));
        Curl.Answer answer = scene.gateway().visit("fenced", "/").run();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("SP-403");
    }
}
