package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import sallyport.testkit.AdminApi;
import sallyport.testkit.DeviceClient;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Visitor;

/** Many devices at once, each answering with its own name: no visitor ever reaches another device than the one it named. */
@ExtendWith(SharedGateway.class)
@Isolated
class FleetTest {
    private static final int DEVICES = Size.of(40, 300);
    private static final int REQUESTS = Size.of(1_000, 10_000);
    private static final int VISITORS = 8;

    @Test
    @Tag("proof")
    void everyRequestIsAnsweredByTheDeviceThatItNamed(Scene scene) throws Exception {
        GatewayProcess gateway = scene.ownGateway(setup -> setup.javaOptions("-Xmx256m"));
        DeviceClient.Fleet fleet = scene.use(new DeviceClient.Fleet());
        AdminApi api = gateway.api();
        for (int i = 0; i < DEVICES; i++) {
            String name = "fleet-" + i;
            FakeAppliance appliance = scene.use(FakeAppliance.plain(name));
            KeyPair key = DeviceClient.newKey();
            api.add(AdminApi.device(name).key(DeviceClient.publicLine(key, name)));
            DeviceClient device = scene.use(fleet.dial(gateway.ports().ssh(), "fleet", key));
            device.forward(0, appliance.port());
        }
        SSLContext trust = Visitor.trusting(gateway.ca());

        int wrong = 0;
        try (ExecutorService visitors = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < VISITORS; i++) {
                int seed = i;
                results.add(visitors.submit(() -> wrongAnswers(gateway, trust, new Random(seed))));
            }
            for (Future<Integer> result : results) {
                wrong += result.get(10, TimeUnit.MINUTES);
            }
        }
        assertThat(wrong).isZero();
    }

    private static int wrongAnswers(GatewayProcess gateway, SSLContext trust, Random random) throws IOException {
        int wrong = 0;
        for (int i = 0; i < REQUESTS / VISITORS; i++) {
            String name = "fleet-" + random.nextInt(DEVICES);
            String host = GatewayProcess.hostname(name);
            try (Visitor visitor = Visitor.tls(gateway.ports().https(), host, trust)) {
                Visitor.Head head = visitor.get(host, "/");
                if (head.status() != 200 || !visitor.bodyText(head).equals(name)) {
                    wrong++;
                }
            }
        }
        return wrong;
    }
}
