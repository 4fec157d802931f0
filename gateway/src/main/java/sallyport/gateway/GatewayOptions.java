package sallyport.gateway;

import java.util.Map;
import java.util.Optional;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.EventLoops;

/**
 * What a start of the gateway can be told beside its configuration.
 *
 * @param version the version of this build
 * @param newHostKeys devices may exist without a host key: make new keys, which every device will notice
 * @param notifySocket where systemd wants to be told ({@code NOTIFY_SOCKET})
 * @param loops number of event loops
 * @param timers the clock; empty: the machine's
 */
public record GatewayOptions(
        String version, boolean newHostKeys, Optional<String> notifySocket, int loops, Optional<Timers> timers) {

    /** As a service manager starts it. */
    public static GatewayOptions ofEnvironment(String version, boolean newHostKeys, Map<String, String> environment) {
        return new GatewayOptions(
                version,
                newHostKeys,
                Optional.ofNullable(environment.get("NOTIFY_SOCKET")),
                EventLoops.defaultThreads(),
                Optional.empty());
    }

    /** As part of another program, such as a test. */
    public static GatewayOptions embedded(String version) {
        return ofEnvironment(version, false, Map.of());
    }

    public GatewayOptions withLoops(int number) {
        return new GatewayOptions(version, newHostKeys, notifySocket, number, timers);
    }

    public GatewayOptions withTimers(Timers clock) {
        return new GatewayOptions(version, newHostKeys, notifySocket, loops, Optional.of(clock));
    }
}
