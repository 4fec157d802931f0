/** Certificates: choose, obtain, renew, reload. */
@NullMarked
package sallyport.gateway.cert;

import org.jspecify.annotations.NullMarked;
