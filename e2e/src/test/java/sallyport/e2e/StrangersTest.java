package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import sallyport.testkit.Crowd;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Visitor;

/** Strangers who make the gateway compute the dearest key exchange that it offers do not slow other devices down. */
@ExtendWith(SharedGateway.class)
@Isolated
class StrangersTest {
    private static final int PER_SECOND = 500;
    private static final Duration LASTING = Duration.ofSeconds(Size.of(5, 30));

    /** Below this a factor says nothing on a shared machine. */
    private static final double NOISE_MILLIS = Size.of(50, 10);

    @Test
    @Tag("proof")
    void latencyOfADeviceStaysUnderTwiceWhileStrangersKnock(Scene scene) throws Exception {
        GatewayProcess gateway = scene.ownGateway(setup -> setup);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("calm"));
        scene.online("calm", appliance.port());
        try (Visitor visitor = gateway.connect("calm")) {
            warmUp(visitor, gateway);
            List<Double> before = new ArrayList<>();
            long end = System.nanoTime() + LASTING.toNanos();
            while (System.nanoTime() < end) {
                before.add(request(visitor));
            }
            List<Double> during = new ArrayList<>();
            Crowd crowd = scene.use(Crowd.start(gateway.ports().ssh(), PER_SECOND, LASTING));
            while (crowd.knocking()) {
                during.add(request(visitor));
            }
            Crowd.Outcome outcome = crowd.outcome();
            System.out.printf("before %s ms, during %s ms, %s%n", quantiles(before), quantiles(during), outcome);

            assertThat(outcome.knocked()).isGreaterThan(PER_SECOND * (int) LASTING.toSeconds() * 9 / 10);
            assertThat(quantile(during, 0.99)).isLessThan(Math.max(2 * quantile(before, 0.99), NOISE_MILLIS));
        }
    }

    /** The first visit and the first strangers pay for classes and compilation, once in the life of a gateway. */
    private static void warmUp(Visitor visitor, GatewayProcess gateway) throws IOException {
        try (Crowd crowd = Crowd.start(gateway.ports().ssh(), PER_SECOND, Duration.ofSeconds(2))) {
            while (crowd.knocking()) {
                request(visitor);
            }
            crowd.outcome();
        }
    }

    private static double request(Visitor visitor) throws IOException {
        long start = System.nanoTime();
        visitor.bodyText(visitor.get("calm.sallyport.test", "/"));
        return (System.nanoTime() - start) / 1e6;
    }

    private static String quantiles(List<Double> millis) {
        return "%d requests, median %.2f, p99 %.2f, max %.2f"
                .formatted(millis.size(), quantile(millis, 0.5), quantile(millis, 0.99), quantile(millis, 1));
    }

    private static double quantile(List<Double> millis, double share) {
        Collections.sort(millis);
        return millis.get((int) Math.min(millis.size() - 1, millis.size() * share));
    }
}
