/** The command line, the demo and the distribution. */
@NullMarked
package sallyport.app;

import org.jspecify.annotations.NullMarked;
