package sallyport.gateway.tunnel;

import sallyport.gateway.fault.Problem;

/**
 * Why no stream could be opened. An expected outcome: it fails the future of {@link Tunnels#open} and carries no stack
 * trace.
 */
public final class StreamRefused extends Exception {
    private final Reason reason;
    private final transient Problem problem;

    /** What stood in the way, for those who answer differently to each. */
    public enum Reason {
        /** No tunnel offers the port, also after the wait. */
        OFFLINE,
        /** The device refused the channel: its web server does not accept connections. */
        REFUSED,
        /** The device did not answer within the deadline. */
        TIMEOUT,
        /** The tunnel ended, or the port went to another session, while the stream was being opened. */
        LOST,
        /** A limit on pending or open streams is reached. */
        LIMIT
    }

    public StreamRefused(Reason reason, Problem problem) {
        super(problem.sentence(), null, false, false);
        this.reason = reason;
        this.problem = problem;
    }

    public Reason reason() {
        return reason;
    }

    public Problem problem() {
        return problem;
    }
}
