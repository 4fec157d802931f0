package sallyport.gateway.ssh;

import java.nio.ByteBuffer;

/**
 * A global request as it came over the wire (RFC 4254 section 4).
 *
 * <p>Each knows whether the client wants an answer.
 */
sealed interface GlobalRequest {
    boolean wantReply();

    /** @param port 0 to 2^32-1 */
    record Forward(boolean wantReply, String address, long port) implements GlobalRequest {}

    record Cancel(boolean wantReply, String address, long port) implements GlobalRequest {}

    /** {@code no-more-sessions@openssh.com}: the client opens no further session channels. */
    record NoMoreSessions(boolean wantReply) implements GlobalRequest {}

    /** A forward of a Unix socket. */
    record UnixForward(boolean wantReply) implements GlobalRequest {}

    /** Asks for proof that we hold the host keys in {@code blobs} (OpenSSH PROTOCOL section 2.5). */
    record HostKeysProve(boolean wantReply, ByteBuffer blobs) implements GlobalRequest {}

    /** Keepalives and everything that nobody knows: answered with a failure, which is an answer. */
    record Other(boolean wantReply, String name) implements GlobalRequest {}
}
