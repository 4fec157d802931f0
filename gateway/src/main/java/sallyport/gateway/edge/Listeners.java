package sallyport.gateway.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sallyport.gateway.config.ListenAddress;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.ProblemException;

/** The listening sockets of one front. Blocking; for control-plane threads. */
final class Listeners {
    private static final List<String> ALL = List.of("", "::", "[::]");

    private final List<Channel> sockets = new ArrayList<>();

    /**
     * Opens all of them or none. Where the host lacks IPv6, all addresses are those of IPv4.
     *
     * @return where they really listen
     * @throws ProblemException {@code LISTEN_FAILED}, in words
     */
    List<InetSocketAddress> open(ServerBootstrap bootstrap, List<ListenAddress> addresses) {
        try {
            for (ListenAddress address : addresses) {
                open(bootstrap, address);
            }
        } catch (ProblemException e) {
            close();
            throw e;
        }
        return sockets.stream()
                .map(socket -> (InetSocketAddress) socket.localAddress())
                .toList();
    }

    private void open(ServerBootstrap bootstrap, ListenAddress address) {
        boolean all = ALL.contains(address.host());
        String host = all ? "::" : address.host();
        ChannelFuture bound =
                bootstrap.bind(new InetSocketAddress(host, address.port())).awaitUninterruptibly();
        if (bound.isSuccess()) {
            sockets.add(bound.channel());
            return;
        }
        String why = words(bound.cause());
        boolean familyMissing = !why.contains("in use") && !why.contains("permission");
        if (all && familyMissing) {
            open(bootstrap, new ListenAddress("0.0.0.0", address.port(), address.place()));
            return;
        }
        String where = address.place().isEmpty() ? address.toString() : address + " (" + address.place() + ")";
        throw new ProblemException(
                Fault.LISTEN_FAILED.problem("address", where, "detail", why, "fix", fix(why, address)), bound.cause());
    }

    private static String words(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("in use")) {
            return "the address is in use";
        }
        if (message.contains("permission denied")) {
            return "this process has no permission for ports below 1024";
        }
        if (message.contains("cannot assign") || message.contains("not available")) {
            return "this host does not have the address";
        }
        if (message.contains("family")) {
            return "this host does not have the address family";
        }
        return message;
    }

    private static String fix(String why, ListenAddress address) {
        if (why.contains("in use")) {
            return "Stop what holds it (`ss -ltnp sport = :" + address.port() + "` shows it), or choose another port.";
        }
        if (why.contains("permission")) {
            return "Give it CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities), lower"
                    + " net.ipv4.ip_unprivileged_port_start, or choose a port from 1024.";
        }
        return "Use an address of this host (`ip address` lists them), or [::] for all.";
    }

    void close() {
        sockets.forEach(socket -> socket.close().awaitUninterruptibly());
        sockets.clear();
    }
}
