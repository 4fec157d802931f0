package sallyport.gateway.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** A TCP socket of the control plane, open from the moment that it is made, so that a taken port is found before the start. */
final class TcpListener {
    private TcpListener() {}

    /**
     * Opens the socket.
     *
     * @param key the configuration key that names the address, for the message
     * @throws ProblemException {@code LISTEN_FAILED} in the kernel's words
     */
    static ServerConnector open(
            Server server, HttpConfiguration http, ListenAddress address, String key, Duration idle) {
        ServerConnector connector = new ServerConnector(server, 0, 1, new HttpConnectionFactory(http));
        if (!address.host().isEmpty()) {
            connector.setHost(address.host());
        }
        connector.setPort(address.port());
        connector.setReuseAddress(true);
        connector.setIdleTimeout(idle.toMillis());
        connector.setName(address.toString());
        try {
            connector.open();
        } catch (IOException e) {
            connector.close();
            throw failed(address, key, e);
        }
        return connector;
    }

    /** {@code ADDRESS:PORT} with the real port. */
    static String address(ServerConnector connector) {
        try {
            return connector.getTransport() instanceof ServerSocketChannel channel
                            && channel.getLocalAddress() instanceof InetSocketAddress address
                    ? Words.address(address)
                    : String.valueOf(connector.getName());
        } catch (IOException e) {
            return String.valueOf(connector.getName());
        }
    }

    /** Jetty wraps what the kernel said; the kernel's words are the ones to show. */
    private static ProblemException failed(ListenAddress address, String key, IOException e) {
        String detail = String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
        String fix = detail.contains("in use")
                ? "Stop what holds it (`ss -ltnp sport = :" + address.port() + "` shows it), or change " + key + "."
                : "Give an address of this machine and a port that the gateway may use as " + key + ".";
        return new ProblemException(Fault.LISTEN_FAILED.problem("address", address, "detail", detail, "fix", fix), e);
    }
}
