/** Tests of the fronts, over loopback sockets and with real clients and web servers. */
@NullMarked
package sallyport.gateway.edge;

import org.jspecify.annotations.NullMarked;
