/** Wiring: builds everything in data-flow order, starts it and drains it. */
@NullMarked
package sallyport.gateway;

import org.jspecify.annotations.NullMarked;
