package sallyport.gateway.edge;

import java.util.function.BooleanSupplier;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Tunnels;

/**
 * What the handlers of the HTTPS front share.
 *
 * @param self the name by which this gateway stands in Via, and by which it knows a loop
 * @param draining true once the front is stopping
 */
record Front(
        AccessRules access,
        DeviceConnector devices,
        Tunnels tunnels,
        Certificates certificates,
        LiveVisitors live,
        DeadEnds deadEnds,
        Timers timers,
        GatewayEvents events,
        Deadlines deadlines,
        String self,
        BooleanSupplier draining) {}
