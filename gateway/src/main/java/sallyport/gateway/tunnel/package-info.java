/** The meeting place: devices offer tunnels, the edge opens streams through them. */
@NullMarked
package sallyport.gateway.tunnel;

import org.jspecify.annotations.NullMarked;
