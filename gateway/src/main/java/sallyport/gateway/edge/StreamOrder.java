package sallyport.gateway.edge;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a visitor's field blocks belong to streams that it may still use (RFC 9113 section 5.1 and 5.1.1), by what it has
 * said itself: identifiers rise, and nothing comes on a stream that it has ended. What the gateway has ended is another
 * matter, because its word may not have arrived. Not thread-safe; pure.
 */
final class StreamOrder {
    /** Streams of either kind that are remembered; forgetting one makes only the name of an error less exact. */
    static final int REMEMBERED = 256;

    private final Set<Integer> open = new LinkedHashSet<>();
    private final Set<Integer> ended = new LinkedHashSet<>();
    private int highest;

    /** A frame has begun; the error when the connection must end for it. */
    Optional<Http2Error> check(int type, int stream, boolean ends) {
        switch (type) {
            case Http2FrameTypes.HEADERS -> {
                if (stream <= highest && !open.contains(stream)) {
                    return Optional.of(ended.contains(stream) ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR);
                }
                highest = Math.max(highest, stream);
                note(stream, ends);
            }
            case Http2FrameTypes.DATA -> {
                if (ends && open.contains(stream)) {
                    note(stream, true);
                }
            }
            case Http2FrameTypes.RST_STREAM -> {
                if (stream <= highest) {
                    note(stream, true);
                }
            }
            default -> {}
        }
        return Optional.empty();
    }

    private void note(int stream, boolean ends) {
        if (ends) {
            open.remove(stream);
        }
        Set<Integer> known = ends ? ended : open;
        known.add(stream);
        if (known.size() > REMEMBERED) {
            Iterator<Integer> oldest = known.iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
