/** Tests of streams, their windows, and who owns which port. */
@NullMarked
package sallyport.gateway.tunnel;

import org.jspecify.annotations.NullMarked;
