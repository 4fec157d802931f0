package sallyport.gateway.ssh;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Tunnels;
import sallyport.gateway.tunnel.WindowBudget;

/**
 * What every session of a front door works with.
 *
 * @param user the only login name that is accepted; empty: any
 * @param urls under which URLs visitors reach a device
 */
record DoorContext(
        Optional<String> user,
        DirectoryHolder directory,
        Tunnels tunnels,
        WindowBudget budget,
        Timers timers,
        GatewayEvents events,
        Function<Device, List<String>> urls,
        RefusedKeys refusedKeys,
        LiveSessions sessions) {}
