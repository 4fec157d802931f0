package sallyport.gateway.tunnel;

import java.net.InetSocketAddress;
import java.time.Instant;
import sallyport.gateway.directory.KeyFingerprint;

/**
 * Who is at the other end of a tunnel.
 *
 * @param key the key that signed
 * @param user the login name that the client used, cleaned
 * @param client the client's identification string, cleaned, such as {@code SSH-2.0-OpenSSH_9.2}
 * @param kex the key exchange that it logged in with, such as {@code mlkem768x25519-sha256}
 * @param address where it dials in from
 * @param since when it logged in
 */
public record TunnelPeer(
        KeyFingerprint key, String user, String client, String kex, InetSocketAddress address, Instant since) {
    /** True when both seem to be one machine: same address, same client. */
    public boolean sameMachine(TunnelPeer other) {
        return address.getAddress().equals(other.address.getAddress()) && client.equals(other.client);
    }
}
