@NullMarked
package sallyport.gateway.config;

import org.jspecify.annotations.NullMarked;
