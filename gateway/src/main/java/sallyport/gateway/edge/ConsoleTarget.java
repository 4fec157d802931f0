package sallyport.gateway.edge;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import sallyport.gateway.directory.Hostname;

/**
 * The gateway's console, served by the HTTPS front under a name of its own.
 *
 * @param listener where the console really listens on loopback; asked for each connection
 */
public record ConsoleTarget(Hostname hostname, Supplier<InetSocketAddress> listener) {}
