package sallyport.gateway.event;

import java.util.List;

/**
 * The one bridge from the data plane up. Implementations never block and never throw; they are called on event loops.
 */
@FunctionalInterface
public interface GatewayEvents {
    void happened(GatewayEvent event);

    /** Tells all of them, in this order. */
    static GatewayEvents all(List<GatewayEvents> listeners) {
        List<GatewayEvents> copy = List.copyOf(listeners);
        return event -> copy.forEach(listener -> listener.happened(event));
    }
}
