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
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Flood;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Visitor;

/** Floods over HTTP/2 cost the offender its connection, and other visitors next to nothing. */
@ExtendWith(SharedGateway.class)
@Isolated
@Tag("proof")
class FloodTest {
    private static final Duration LASTING = Duration.ofMillis(Size.of(300, 20_000));

    /** The first of each kind pays for classes and compilation, once in the life of a gateway. */
    private static final Duration WARM_UP = Duration.ofMillis(Size.of(50, 500));

    /** Below this a factor says nothing on a shared machine. */
    private static final double NOISE_MILLIS = Size.of(100, 10);

    /** How long an offender may stay; a small run shares its cores with the offender's own start. */
    private static final long OFFENDER_MILLIS = Size.of(3000, 1000);

    @Test
    void whoFloodsIsClosedWithinASecondAndOthersAreServedAsBefore(Scene scene) throws Exception {
        GatewayProcess gateway = scene.ownGateway(setup -> setup);
        byte[] large = new byte[1_000_000];
        FakeAppliance appliance = scene.use(FakeAppliance.plain("calm")
                .on("/large", exchange -> exchange.answer(200, "application/octet-stream", large)));
        scene.online("calm", appliance.port());
        try (Visitor visitor = gateway.connect("calm")) {
            List<Flood.Kind> all = List.of(Flood.Kind.values());
            flood(all, gateway, visitor, WARM_UP);
            List<Double> before = new ArrayList<>();
            long end = System.nanoTime() + LASTING.toNanos();
            while (System.nanoTime() < end) {
                before.add(request(visitor));
            }
            double limit = Math.max(2 * quantile(before, 0.99), NOISE_MILLIS);
            // one process for all of them keeps a small run short
            List<List<Flood.Kind>> runs = Size.of(1, 0) == 1
                    ? List.of(all)
                    : all.stream().map(List::of).toList();
            for (List<Flood.Kind> kind : runs) {
                Measured measured = flood(kind, gateway, visitor, LASTING);
                System.out.printf(
                        "%s: %s, p99 %.2f ms before, %.2f ms during%n",
                        kind, measured.outcome(), quantile(before, 0.99), quantile(measured.millis(), 0.99));
                assertThat(measured.outcome().open()).as("%s", kind).isZero();
                assertThat(measured.outcome().slowest()).as("%s", kind).isLessThan(OFFENDER_MILLIS);
                assertThat(quantile(measured.millis(), 0.99)).as("%s", kind).isLessThan(limit);
            }
        }
        assertThat(scene.metric("sallyport_visitors_refused_total{front=\"https\",reason=\"SP-433\"}"))
                .isPositive();
    }

    private record Measured(Flood.Outcome outcome, List<Double> millis) {}

    private static Measured flood(List<Flood.Kind> kinds, GatewayProcess gateway, Visitor visitor, Duration howLong)
            throws IOException {
        List<Double> millis = new ArrayList<>();
        try (Flood flood =
                Flood.start(kinds, gateway.ports().https(), GatewayProcess.hostname("calm"), gateway.ca(), howLong)) {
            do {
                millis.add(request(visitor));
            } while (flood.flooding());
            return new Measured(flood.outcome(), millis);
        }
    }

    private static double request(Visitor visitor) throws IOException {
        long start = System.nanoTime();
        visitor.bodyText(visitor.get("calm.sallyport.test", "/"));
        return (System.nanoTime() - start) / 1e6;
    }

    private static double quantile(List<Double> millis, double share) {
        Collections.sort(millis);
        return millis.get((int) Math.min(millis.size() - 1, millis.size() * share));
    }
}
