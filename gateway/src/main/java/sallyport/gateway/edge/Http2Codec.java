package sallyport.gateway.edge;

import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;

/** The library's codec for frames, with its limits set. Any thread. */
final class Http2Codec {
    /** Resets in {@link #RESET_SECONDS}, of the visitor, and of the gateway where the visitor provoked them. */
    static final int MAX_RESETS = 200;

    static final int RESET_SECONDS = 10;
    /** Answers to pings and settings that may wait because the visitor does not read. */
    static final int MAX_WAITING_ANSWERS = 200;
    /** Field blocks in more small pieces than this are an attack. */
    static final int MAX_SMALL_CONTINUATIONS = 8;

    private Http2Codec() {}

    static Http2FrameCodec build() {
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(Http2VisitorConnection.MAX_STREAMS)
                .initialWindowSize(Http2VisitorConnection.STREAM_WINDOW)
                .maxHeaderListSize(HeadLimits.VISITOR.head())
                .connectProtocolEnabled(true);
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(settings)
                .validateHeaders(true)
                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
                .encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
                .encoderEnforceMaxQueuedControlFrames(MAX_WAITING_ANSWERS)
                .decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
                .gracefulShutdownTimeoutMillis(-1)
                .build();
    }
}
