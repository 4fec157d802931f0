/** Tests of the command line: whole commands in this process, against a real console over its Unix socket. */
@NullMarked
package sallyport.app;

import org.jspecify.annotations.NullMarked;
