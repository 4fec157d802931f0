/** One code per fault: every refusal and failure that a person can meet, in the same words everywhere. */
@NullMarked
package sallyport.gateway.fault;

import org.jspecify.annotations.NullMarked;
