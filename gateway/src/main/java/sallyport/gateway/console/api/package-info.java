/** The shapes of the REST API: what it takes and what it answers, shared with the command line. */
@NullMarked
package sallyport.gateway.console.api;

import org.jspecify.annotations.NullMarked;
