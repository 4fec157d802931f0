package sallyport.gateway.edge;

import java.time.Duration;
import java.util.Optional;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.tunnel.SshDoor;

/**
 * What becomes of SSH clients that come to the HTTPS port, because their firewall lets nothing else out.
 *
 * @param door where they go on; empty: they are closed like everything that is not TLS
 * @param name under this one all TLS is for SSH; under other names what offers {@link #PROTOCOL} is
 * @param greetAfter a client that says nothing for so long is greeted as an SSH client; empty: it is not
 */
public record SshOnHttps(Optional<SshDoor> door, Optional<Hostname> name, Optional<Duration> greetAfter) {
    /** HTTPS alone. */
    public static final SshOnHttps NONE = new SshOnHttps(Optional.empty(), Optional.empty(), Optional.empty());

    /** How long a client may say nothing: longer than a slow line takes for its first bytes, shorter than patience. */
    public static final Duration GREET_AFTER = Duration.ofSeconds(3);

    /** The application protocol by which a client asks for SSH inside TLS; nobody has registered one. */
    static final String PROTOCOL = "ssh";

    public SshOnHttps {
        if (door.isEmpty() && (name.isPresent() || greetAfter.isPresent())) {
            throw new IllegalArgumentException("nobody can greet without a door");
        }
    }

    /** True for the name that leads to SSH and nowhere else. */
    boolean owns(Hostname asked) {
        return name.filter(asked::equals).isPresent();
    }

    /** True for TLS that ends here and has SSH inside. */
    boolean isInside(ClientHello hello) {
        return door.isPresent()
                && (owns(hello.serverName()) || hello.protocols().contains(PROTOCOL));
    }
}
