/** Tests of the wiring and of the walls between the packages. */
@NullMarked
package sallyport.gateway;

import org.jspecify.annotations.NullMarked;
