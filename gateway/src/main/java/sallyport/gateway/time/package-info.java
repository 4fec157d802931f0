/** When things happen: the clock and the timers, which tests can turn by hand. */
@NullMarked
package sallyport.gateway.time;

import org.jspecify.annotations.NullMarked;
