/** REST API and web pages. */
@NullMarked
package sallyport.gateway.console;

import org.jspecify.annotations.NullMarked;
