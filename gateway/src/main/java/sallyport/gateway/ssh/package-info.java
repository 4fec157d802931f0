/** Where devices come in: SSH sessions become tunnels. */
@NullMarked
package sallyport.gateway.ssh;

import org.jspecify.annotations.NullMarked;
