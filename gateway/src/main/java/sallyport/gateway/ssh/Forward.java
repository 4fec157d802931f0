package sallyport.gateway.ssh;

import java.time.Instant;
import sallyport.gateway.directory.Port;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/**
 * A forward that a session holds.
 *
 * @param port the device's port as the directory grants it
 * @param requestedAddress what the client asked to listen on, as it spelled it; every channel open echoes it (RFC 4254
 *     section 7.2), because clients find the target by it
 * @param listening what became of the open socket
 * @param since when it was granted
 */
record Forward(Port port, String requestedAddress, Listening listening, Instant since) {}
