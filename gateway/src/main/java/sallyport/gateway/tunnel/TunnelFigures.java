package sallyport.gateway.tunnel;

/**
 * What a tunnel carries right now.
 *
 * @param streams open streams
 * @param bytesIn bytes of streams from the device so far
 * @param bytesOut bytes of streams to the device so far
 * @param roundTripMillis the last keepalive's round trip, or -1 when none was answered yet
 * @param missedKeepalives keepalives without an answer; more than 0 means stale
 */
public record TunnelFigures(int streams, long bytesIn, long bytesOut, long roundTripMillis, int missedKeepalives) {}
