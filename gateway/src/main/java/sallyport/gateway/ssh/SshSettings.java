package sallyport.gateway.ssh;

import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.Optional;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.tunnel.Doorstep;

/**
 * What a front door needs to know.
 *
 * @param listen where devices dial in
 * @param user the only login name that is accepted; empty: any
 * @param hostKeys what the gateway proves its identity with
 * @param doorstep finds out where a device is, behind whatever balancer
 * @param loops where sessions live; the caller's
 */
public record SshSettings(
        List<ListenAddress> listen, Optional<String> user, HostKeys hostKeys, Doorstep doorstep, EventLoopGroup loops) {
    public SshSettings {
        listen = List.copyOf(listen);
    }
}
