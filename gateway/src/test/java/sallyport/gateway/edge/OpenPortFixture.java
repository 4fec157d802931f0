package sallyport.gateway.edge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DeviceTls;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.directory.Port.OpenSocket;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.directory.TlsMode;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.EventLoops;
import sallyport.gateway.tunnel.OpenPorts.Listening;
import sallyport.gateway.tunnel.Tunnels;

/** One device with one open port on loopback and a tunnel in memory; at most two visitors at a time. */
final class OpenPortFixture implements AutoCloseable {
    static final DeviceName DEVICE = new DeviceName("lab-mm-1");
    static final int MAX_CONNECTIONS = 2;
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    final EventLoops loops = new EventLoops(2);
    final List<GatewayEvent> events = new CopyOnWriteArrayList<>();
    final Port port;
    final DirectoryHolder directory;
    final Tunnels tunnels;
    final OpenPortListeners open;
    final MemoryTunnel tunnel = new MemoryTunnel(loops.group().next());

    OpenPortFixture(Timers timers, BindChoice choice, List<String> bind) {
        port = new Port(freePort(), Optional.of(new OpenSocket(bind, choice)), false);
        directory = new DirectoryHolder(directory(1, List.of()));
        tunnels = new Tunnels(timers, events::add);
        open = new OpenPortListeners(tunnels, directory, timers, events::add, MAX_CONNECTIONS);
        tunnels.openPorts(open);
        directory.subscribe(tunnels);
        directory.subscribe(open);
    }

    private static PortNumber freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return new PortNumber(socket.getLocalPort());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Directory directory(long version, List<Cidr> visitors) {
        Device device = new Device(
                DEVICE,
                "",
                List.of(),
                true,
                List.of(),
                List.of(),
                visitors,
                List.of(port),
                new PortNumber(20000),
                TlsMode.TERMINATE,
                DeviceTls.AUTO,
                Optional.empty(),
                Instant.EPOCH);
        return new Directory(version, List.of(device), List.of());
    }

    /** Only visitors from these networks may come any more. */
    CompletableFuture<?> visitedFrom(List<Cidr> networks) {
        return directory.publish(directory(2, networks)).toCompletableFuture();
    }

    /** The device asks for its port with this address. */
    Listening grant(String requestedAddress) throws Exception {
        return tunnel.loop()
                .submit(() -> tunnels.grant(tunnel, port, requestedAddress).toCompletableFuture())
                .get(5, TimeUnit.SECONDS)
                .get(5, TimeUnit.SECONDS);
    }

    /** Returns when the tunnel's loop has done what it was given so far. */
    void settle() throws Exception {
        tunnel.loop().submit(() -> {}).get(5, TimeUnit.SECONDS);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(LOOPBACK, port.number().value());
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(LOOPBACK, port.number().value());
        socket.setSoTimeout(5000);
        return socket;
    }

    @Override
    public void close() {
        open.close();
        loops.close();
    }
}
