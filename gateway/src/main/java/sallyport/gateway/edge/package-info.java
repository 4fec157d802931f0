/** Where visitors come in: TLS, SNI, HTTP, open ports; picks a hostname and connects it to a stream. */
@NullMarked
package sallyport.gateway.edge;

import org.jspecify.annotations.NullMarked;
