package sallyport.gateway.ssh;

import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;
import sallyport.gateway.tunnel.SshDoor;

/** MINA's server, listening on several addresses. Blocking; for control-plane threads. */
final class DeviceServer extends SshServer implements SshDoor {
    /** One with MINA's defaults for everything that nobody sets. */
    static DeviceServer create() {
        return (DeviceServer) ServerBuilder.builder().factory(DeviceServer::new).build();
    }

    /**
     * Opens all or nothing.
     *
     * @return the real addresses, in the order asked for
     * @throws ProblemException SP-604 for the first that cannot be opened
     */
    List<InetSocketAddress> listen(List<ListenAddress> addresses) {
        checkConfig();
        acceptor = createAcceptor();
        return addresses.stream().map(this::listen).toList();
    }

    /** Before this server listens and after it stopped there is nobody to take the connection: the client comes again. */
    @Override
    public void enter(SocketChannel channel, InetSocketAddress peer) {
        if (acceptor instanceof SshDoor door && !acceptor.isClosing()) {
            door.enter(channel, peer);
        } else {
            channel.close();
        }
    }

    /** Lets nobody in any more; sessions go on. */
    void stopListening() {
        if (acceptor != null) {
            acceptor.unbind();
        }
    }

    private InetSocketAddress listen(ListenAddress address) {
        Set<SocketAddress> before = new HashSet<>(acceptor.getBoundAddresses());
        try {
            acceptor.bind(
                    address.host().isEmpty()
                            ? new InetSocketAddress(address.port())
                            : new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port()));
        } catch (IOException | IllegalArgumentException e) {
            close(true);
            String detail = e.getMessage() == null ? e.toString() : e.getMessage();
            throw new ProblemException(
                    Fault.LISTEN_FAILED.problem("address", address, "detail", detail, "fix", fix(address, detail)), e);
        }
        return acceptor.getBoundAddresses().stream()
                .filter(bound -> !before.contains(bound))
                .map(InetSocketAddress.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static String fix(ListenAddress address, String detail) {
        String where = address.place().isEmpty() ? "ssh.listen" : "ssh.listen (" + address.place() + ")";
        if (detail.contains("in use")) {
            return "Stop the program that has it (`ss -ltnp sport = :" + address.port() + "`), or change " + where
                    + ".";
        }
        if (detail.contains("ermission denied")) {
            return "Give the process CAP_NET_BIND_SERVICE, or take a port from 1024 on in " + where + ".";
        }
        return "Change " + where + " to an address of this host.";
    }
}
