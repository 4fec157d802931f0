/** TXT records for dns-01 challenges, written through whoever holds the zone. */
@NullMarked
package sallyport.gateway.cert.dns;

import org.jspecify.annotations.NullMarked;
