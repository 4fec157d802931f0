/** Black box: the real command, stock clients, real servers and browsers as processes; one behaviour per file. */
@NullMarked
package sallyport.e2e;

import org.jspecify.annotations.NullMarked;
