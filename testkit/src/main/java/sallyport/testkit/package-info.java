/** Stand-ins and drivers for tests and the demo: appliances, stock SSH clients, a gateway on free ports. */
@NullMarked
package sallyport.testkit;

import org.jspecify.annotations.NullMarked;
