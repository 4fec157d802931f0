@NullMarked
package sallyport.gateway.store;

import org.jspecify.annotations.NullMarked;
