package sallyport.gateway.edge;

import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.tunnel.Doorstep;

/**
 * Where visitors come in.
 *
 * @param listen the addresses; port 0 takes a free one
 * @param publicPort the port that links and redirects say; asked for each redirect
 * @param console the console, when it is served here under a name of its own
 * @param doorstep finds out where a visitor is, behind whatever balancer
 * @param proxies whose word about visitors is taken
 * @param ssh where SSH clients go on
 * @param deadlines how long to wait for what
 * @param maxVisitors most connections at a time; more are closed at once
 */
public record FrontSettings(
        List<ListenAddress> listen,
        IntSupplier publicPort,
        Optional<ConsoleTarget> console,
        Doorstep doorstep,
        TrustedProxies proxies,
        SshOnHttps ssh,
        Deadlines deadlines,
        int maxVisitors) {
    /** Default of {@code maxVisitors}. */
    public static final int MAX_VISITORS = 16_384;

    public FrontSettings {
        listen = List.copyOf(listen);
    }
}
