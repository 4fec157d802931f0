package sallyport.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import sallyport.gateway.console.Health;
import sallyport.gateway.event.Metrics;

/** What monitors are told: ready is when every front listens. Any thread. */
final class RunningHealth implements Health {
    private final String version;
    private final Metrics metrics;
    private final GatewayAddresses addresses;

    RunningHealth(String version, Metrics metrics, GatewayAddresses addresses) {
        this.version = version;
        this.metrics = metrics;
        this.addresses = addresses;
    }

    @Override
    public Map<String, Boolean> checks() {
        Map<String, Boolean> checks = new LinkedHashMap<>();
        checks.put("ssh", !addresses.ssh().isEmpty());
        checks.put("https", !addresses.https().isEmpty());
        checks.put("http", !addresses.http().isEmpty());
        return checks;
    }

    @Override
    public String metrics() {
        return metrics.text();
    }

    @Override
    public String metricsType() {
        return Metrics.CONTENT_TYPE;
    }

    @Override
    public String version() {
        return version;
    }
}
