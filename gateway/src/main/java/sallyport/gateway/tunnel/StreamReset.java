package sallyport.gateway.tunnel;

import java.io.IOException;

/**
 * The device's side of a stream broke off without an end: what came so far is not a complete answer. Arrives through
 * {@code exceptionCaught} before {@code channelInactive}; expected, so it carries no stack trace.
 */
public final class StreamReset extends IOException {
    public StreamReset(String why) {
        super(why);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
