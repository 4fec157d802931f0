/** What happened: one listener interface; access log, metrics, audit and alerts hang on it. */
@NullMarked
package sallyport.gateway.event;

import org.jspecify.annotations.NullMarked;
