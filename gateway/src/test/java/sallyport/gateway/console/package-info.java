/** Tests of the console: real requests to a real listener, in front of a real store and hand-made tunnels. */
@NullMarked
package sallyport.gateway.console;

import org.jspecify.annotations.NullMarked;
