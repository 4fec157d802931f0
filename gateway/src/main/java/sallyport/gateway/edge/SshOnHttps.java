package sallyport.gateway.edge;

import java.time.Duration;
import java.util.Optional;
import sallyport.gateway.tunnel.SshDoor;

/**
 * What becomes of SSH clients that come to the HTTPS port, because their firewall lets nothing else out.
 *
 * @param door where they go on; empty: they are closed like everything that is not TLS
 * @param greetAfter a client that says nothing for so long is greeted as an SSH client; empty: it is not
 */
public record SshOnHttps(Optional<SshDoor> door, Optional<Duration> greetAfter) {
    /** HTTPS alone. */
    public static final SshOnHttps NONE = new SshOnHttps(Optional.empty(), Optional.empty());

    /** How long a client may say nothing: longer than a slow line takes for its first bytes, shorter than patience. */
    public static final Duration GREET_AFTER = Duration.ofSeconds(3);

    public SshOnHttps {
        if (door.isEmpty() && greetAfter.isPresent()) {
            throw new IllegalArgumentException("nobody can greet without a door");
        }
    }
}
