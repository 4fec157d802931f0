package sallyport.gateway.edge;

import java.net.InetSocketAddress;
import sallyport.gateway.directory.Hostname;

/**
 * Who is at the other end of a connection, and which name it came for.
 *
 * @param hostname the name in the ClientHello
 */
record Visitor(Hostname hostname, InetSocketAddress address) {}
