package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;

/** The management listener: health for supervisors, figures for Prometheus. */
@ExtendWith(SharedGateway.class)
class ManagementTest {
    private static Curl.Answer ask(Scene scene, String path) {
        return Curl.url("http://127.0.0.1:" + scene.gateway().ports().management() + path)
                .run();
    }

    @Test
    void healthyAndReady(Scene scene) {
        assertThat(ask(scene, "/healthz").status()).isEqualTo(200);
        assertThat(ask(scene, "/readyz").status()).isEqualTo(200);
    }

    @Test
    void countsTunnelsLoginsAndRequests(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("counted"));
        scene.online("counted", appliance.port());
        String metrics = ask(scene, "/metrics").body();
        assertThat(metrics)
                .contains(
                        "sallyport_build_info",
                        "sallyport_tunnels",
                        "sallyport_logins_total",
                        "sallyport_http_requests_total");
        assertThat(scene.metric("sallyport_tunnels")).isPositive();
    }

    @Test
    void tellsMemoryInUseAndLogLinesKeptBack(Scene scene) {
        String metrics = ask(scene, "/metrics").body();
        assertThat(metrics).contains("\nsallyport_log_lines_dropped_total ");
        assertThat(scene.metric("sallyport_heap_used_bytes")).isBetween(1e6, 192e6 * 1.1);
        assertThat(scene.metric("sallyport_direct_memory_used_bytes")).isBetween(1.0, 1e9);
    }
}
