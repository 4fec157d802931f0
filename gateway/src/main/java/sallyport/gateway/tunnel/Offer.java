package sallyport.gateway.tunnel;

import java.time.Instant;
import sallyport.gateway.directory.PortNumber;

/**
 * A forward that stands: this tunnel owns this port.
 *
 * @param tunnel the owner
 * @param port the device's port
 * @param requestedAddress what the client asked to listen on, as it spelled it (echoed in every channel open)
 * @param since when it was granted
 * @param listening what became of the open socket; {@code Open} with no address for a private port
 */
public record Offer(
        Tunnel tunnel, PortNumber port, String requestedAddress, Instant since, OpenPorts.Listening listening) {}
