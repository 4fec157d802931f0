package sallyport.gateway.edge;

import io.netty.channel.Channel;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Tunnels;

/**
 * What the handlers of the HTTPS front share.
 *
 * @param visitors every connection that belongs to this front
 * @param proxies whose word about visitors is taken
 * @param ssh where SSH clients go on
 * @param self the name by which this gateway stands in Via, and by which it knows a loop
 * @param publicPort the port under which visitors know the front
 * @param draining true once the front is stopping
 */
record Front(
        AccessRules access,
        DeviceConnector devices,
        DevicePlaces places,
        SharedConnections shared,
        OfferedVersions versions,
        Tunnels tunnels,
        Certificates certificates,
        LiveVisitors live,
        DeadEnds deadEnds,
        Uploads uploads,
        Set<Channel> visitors,
        TrustedProxies proxies,
        SshOnHttps ssh,
        Timers timers,
        GatewayEvents events,
        Deadlines deadlines,
        String self,
        IntSupplier publicPort,
        BooleanSupplier draining) {}
