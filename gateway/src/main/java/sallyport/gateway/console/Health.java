package sallyport.gateway.console;

import java.util.Map;

/** How the gateway is, for {@link ManagementListener}. The root wires it. Any thread; bounded in time. */
public interface Health {
    /** What {@code /readyz} asks for, each by name: true when it is fine. Ready is when all are. */
    Map<String, Boolean> checks();

    /** Everything that is measured, in the Prometheus text format. */
    String metrics();

    /** The media type of {@link #metrics}. */
    String metricsType();

    String version();
}
