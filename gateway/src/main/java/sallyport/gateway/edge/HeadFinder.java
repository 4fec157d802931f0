package sallyport.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import sallyport.gateway.event.GatewayEvent.Slip;
import sallyport.gateway.fault.Fault;

/**
 * Finds where a head or trailer section ends, byte by byte as they arrive, each byte looked at once. Limits hold before
 * anything is copied.
 */
final class HeadFinder {
    private final HeadLimits limits;
    private boolean trailers;
    private int seen;
    private int lineStart;

    HeadFinder(HeadLimits limits) {
        this.limits = limits;
    }

    /** Starts again, for a head or for a trailer section. */
    void reset(boolean trailers) {
        this.trailers = trailers;
        seen = 0;
        lineStart = 0;
    }

    /** True when bytes of a head that is not complete were seen. */
    boolean started() {
        return seen > 0;
    }

    /**
     * Looks at what has arrived since the last call.
     *
     * @return the length of the section with its empty line, or -1 when that has not arrived
     * @throws MalformedMessage beyond the limits, and unless the grammar lets it pass for a line feed without carriage
     *     return (RFC 9112 section 2.2 lets recipients accept it; two readers that disagree are what smuggling lives on)
     */
    int find(ByteBuf in) throws MalformedMessage {
        int base = in.readerIndex();
        while (seen < in.readableBytes()) {
            byte b = in.getByte(base + seen);
            if (b == '\n') {
                boolean carriageReturn = seen > lineStart && in.getByte(base + seen - 1) == '\r';
                if (!carriageReturn) {
                    limits.grammar().meet(Slip.BARE_LINE_FEED);
                }
                int length = seen - lineStart - (carriageReturn ? 1 : 0);
                seen++;
                lineStart = seen;
                if (length == 0) {
                    return seen;
                }
            } else {
                if (b == 0) {
                    throw MalformedMessage.bad("a NUL byte");
                }
                seen++;
            }
            checkLimits();
        }
        return -1;
    }

    private void checkLimits() throws MalformedMessage {
        if (seen - lineStart > limits.line() + 2) {
            throw lineStart == 0 && !trailers ? lineTooLong() : FieldParser.tooLarge();
        }
        if (seen > limits.head() + limits.line()) {
            throw FieldParser.tooLarge();
        }
    }

    private static MalformedMessage lineTooLong() {
        return new MalformedMessage(
                Refusal.of(HttpResponseStatus.REQUEST_URI_TOO_LONG, Fault.TARGET_TOO_LONG.problem()));
    }
}
