package sallyport.gateway.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The way of a stream's bytes from its own loop to the session's loop, when they differ. Writes stay in the channel's outbound
 * buffer, uncompleted, until the carrier has sent them; only references cross. So a write's completion and the channel's
 * writability mean the same as on one loop, and what can be under way between the loops is bounded by {@link #MAX_BYTES} and
 * {@link #MAX_PIECES}.
 */
final class StreamOutbox {
    /** Bytes that may be on the session's side, not yet sent. */
    static final int MAX_BYTES = 256 << 10;

    /** Pieces that may be on the session's side, not yet sent; bounds the walk over the outbound buffer. */
    static final int MAX_PIECES = 64;

    /** Told on the stream's loop that so many bytes were sent. */
    interface Owner {
        void sent(int bytes);
    }

    private final Owner owner;
    private final StreamCarrier carrier;
    private final EventLoop loop;
    private final Queue<ByteBuf> crossing = new ConcurrentLinkedQueue<>();

    // the stream's loop
    private int bytesOut;
    private int piecesOut;

    // the session's loop
    private final ArrayDeque<ByteBuf> unsent = new ArrayDeque<>();
    private boolean closed;

    StreamOutbox(Owner owner, StreamCarrier carrier, EventLoop loop) {
        this.owner = owner;
        this.carrier = carrier;
        this.loop = loop;
    }

    // on the stream's loop

    /** Hands over what is flushed and not handed over yet, within the bounds. */
    void handOver(ChannelOutboundBuffer buffer) throws Exception {
        if (bytesOut == 0) {
            buffer.removeBytes(0);
        }
        int before = piecesOut;
        Skip skip = new Skip(bytesOut);
        buffer.forEachFlushedMessage(message -> handOver((ByteBuf) message, skip));
        if (piecesOut > before) {
            carrier.loop().execute(this::takeCrossing);
        }
    }

    private boolean handOver(ByteBuf message, Skip skip) {
        int from = skip.over(message.readableBytes());
        int length = Math.min(message.readableBytes() - from, MAX_BYTES - bytesOut);
        if (length > 0) {
            crossing.add(message.retainedSlice(message.readerIndex() + from, length));
            bytesOut += length;
            piecesOut++;
        }
        return bytesOut < MAX_BYTES && piecesOut < MAX_PIECES;
    }

    /** The bytes at the front of the outbound buffer that were handed over before. */
    private static final class Skip {
        private int left;

        Skip(int left) {
            this.left = left;
        }

        int over(int length) {
            int skipped = Math.min(left, length);
            left -= skipped;
            return skipped;
        }
    }

    private void reported(int bytes, int pieces) {
        bytesOut -= bytes;
        piecesOut -= pieces;
        owner.sent(bytes);
    }

    // on the session's loop

    private void takeCrossing() {
        for (ByteBuf piece = crossing.poll(); piece != null; piece = crossing.poll()) {
            if (closed) {
                piece.release();
            } else {
                unsent.add(piece);
            }
        }
        send();
    }

    /** Sends as much as the carrier takes and reports it. */
    void send() {
        int bytes = 0;
        int pieces = 0;
        for (ByteBuf piece = unsent.peek(); piece != null; piece = unsent.peek()) {
            int before = piece.readableBytes();
            carrier.send(piece);
            bytes += before - piece.readableBytes();
            if (piece.isReadable()) {
                break;
            }
            pieces++;
            unsent.remove().release();
        }
        if (bytes > 0) {
            int sentBytes = bytes;
            int sentPieces = pieces;
            loop.execute(() -> reported(sentBytes, sentPieces));
        }
    }

    /** Drops what was not sent and what still comes. */
    void close() {
        closed = true;
        unsent.forEach(ByteBuf::release);
        unsent.clear();
        takeCrossing();
    }
}
