/** That the stand-ins themselves tell the truth. */
@NullMarked
package sallyport.testkit;

import org.jspecify.annotations.NullMarked;
