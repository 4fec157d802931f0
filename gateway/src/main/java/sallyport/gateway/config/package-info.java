/** What the process needs to start: the configuration file, bound to records, with the place of every value. */
@NullMarked
package sallyport.gateway.config;

import org.jspecify.annotations.NullMarked;
