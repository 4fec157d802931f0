package sallyport.gateway.edge;

import java.time.Duration;

/**
 * How long the front waits, for what. Nothing here applies to a connection that has become a WebSocket, nor to the pauses
 * of an answer that has begun (server-sent events): those live as long as the TCP and SSH connections below them.
 *
 * @param hello from the connection to the complete ClientHello
 * @param handshake from the ClientHello to the end of the TLS handshake, on either side
 * @param requestHead from the first byte of a request to the end of its fields
 * @param idle between two requests
 * @param answer from the last byte of a request to the first of the device's answer
 * @param stall without any progress of a request's body, or of an answer that the visitor does not take
 * @param settle from the end of a stream to the moment when it is known whether the whole tunnel has ended
 * @param linger without a byte from a visitor to whom everything was said, until the connection ends; it reads why meanwhile
 */
public record Deadlines(
        Duration hello,
        Duration handshake,
        Duration requestHead,
        Duration idle,
        Duration answer,
        Duration stall,
        Duration settle,
        Duration linger) {
    public static final Deadlines DEFAULT = new Deadlines(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(75),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofMillis(200),
            Duration.ofSeconds(2));
}
