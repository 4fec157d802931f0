/** Who may connect and what leads where: immutable records and the snapshot. */
@NullMarked
package sallyport.gateway.directory;

import org.jspecify.annotations.NullMarked;
