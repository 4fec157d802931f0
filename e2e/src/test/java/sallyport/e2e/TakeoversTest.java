package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import sallyport.testkit.AdminApi;
import sallyport.testkit.DeviceClient;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Visitor;

/** A new connection with the same key takes over within a second, every time, and the older session is ended. */
@ExtendWith(SharedGateway.class)
@Isolated
class TakeoversTest {
    private static final int TAKEOVERS = Size.of(30, 1_000);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    @Test
    @Tag("proof")
    void newSessionAnswersWithinASecondEveryTime(Scene scene) throws Exception {
        GatewayProcess gateway = scene.ownGateway(setup -> setup);
        FakeAppliance[] sides = {scene.use(FakeAppliance.tls("side-0")), scene.use(FakeAppliance.tls("side-1"))};
        KeyPair key = DeviceClient.newKey();
        gateway.api().add(AdminApi.device("flipper").key(DeviceClient.publicLine(key, "")));
        DeviceClient.Fleet fleet = scene.use(new DeviceClient.Fleet());
        Deque<DeviceClient> sessions = new ArrayDeque<>();
        List<String> late = new ArrayList<>();
        for (int i = 0; i <= TAKEOVERS; i++) {
            sessions.add(scene.use(fleet.dial(gateway.ports().ssh(), "flipper", key)));
            sessions.getLast().forward(0, sides[i % 2].port());
            long start = System.nanoTime();
            String host = GatewayProcess.hostname("flipper");
            try (Visitor visitor = gateway.connect("flipper")) {
                String answer = visitor.bodyText(visitor.get(host, "/"));
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                if (!answer.equals("side-" + i % 2) || took.compareTo(AT_ONCE) > 0) {
                    late.add("number " + i + " answered by " + answer + " after " + took);
                }
            }
            if (sessions.size() > 1) {
                assertThat(sessions.removeFirst().awaitEnd(Scene.SOON)).isTrue();
            }
        }
        assertThat(late).isEmpty();
        assertThat(scene.metric("sallyport_takeovers_total")).isEqualTo(TAKEOVERS);
    }
}
