package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.Session;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.KeyFile;

/** Key exchanges that a quantum computer does not break, by clients that share no code with the gateway. */
@ExtendWith(SharedGateway.class)
class KeyExchangeTest {
    private static void assertNamed(Scene scene, String device, String exchange) {
        assertThat(scene.command("device", "show", device, "--json").stdout()).contains("\"" + exchange + "\"");
        assertThat(scene.command("device", "show", device).stdout()).contains(exchange);
    }

    @Test
    void mlkemByJschCarriesVisitorsAndIsNamed(Scene scene) throws Exception {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("mlkem"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("mlkem", device -> device.port(port));
        JSch client = new JSch();
        client.addIdentity(key.path().toString());
        Session session =
                client.getSession("mm", "127.0.0.1", scene.gateway().ports().ssh());
        scene.use(session::disconnect);
        session.setConfig("kex", "mlkem768x25519-sha256");
        session.setConfig("StrictHostKeyChecking", "no");
        session.connect((int) Scene.SOON.toMillis());
        forward(session, port, appliance.port());

        scene.untilAnswered("mlkem");
        assertNamed(scene, "mlkem", "mlkem768x25519-sha256");
    }

    /** JSch wakes the thread that waits for the answer by an interrupt, which may come when it waits no more. */
    private static void forward(Session session, int port, int target) throws Exception {
        FutureTask<?> asking = new FutureTask<>(() -> {
            session.setPortForwardingR(port, "127.0.0.1", target);
            return null;
        });
        Thread.ofPlatform().start(asking);
        asking.get(20, TimeUnit.SECONDS);
    }

    @Test
    void sntrupByOpensshCarriesVisitorsAndIsNamed(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("sntrup"));
        int port = scene.newPort();
        KeyFile key = scene.enrol("sntrup", device -> device.port(port));
        scene.use(scene.ssh(key)
                .option("KexAlgorithms=sntrup761x25519-sha512@openssh.com")
                .forward(port, appliance.port())
                .start());

        scene.untilAnswered("sntrup");
        assertNamed(scene, "sntrup", "sntrup761x25519-sha512@openssh.com");
    }
}
