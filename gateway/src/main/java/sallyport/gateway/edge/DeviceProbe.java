package sallyport.gateway.edge;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.event.GatewayEvent.Speech;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.Timers;
import sallyport.gateway.tunnel.Offer;
import sallyport.gateway.tunnel.Tunnels;

/**
 * Finds out what devices' ports speak, as soon as a forward is granted and again while the answer is not good.
 *
 * <p>A ClientHello is said on a fresh stream. Only a TLS record in answer means TLS. When nothing comes for 2 s, or something
 * else, a plain request is tried on another fresh stream, and only a status line means plain HTTP. All else is unknown and
 * not kept. Once a port answered in TLS, plain HTTP is not even tried there any more: whoever could make a device's TLS fail
 * for a moment would otherwise get the passwords of its visitors in the clear.
 *
 * <p>Any thread may call it; the work runs on the tunnels' event loops.
 */
public final class DeviceProbe implements DeviceSpeech, Tunnels.OfferListener, DirectoryHolder.Subscriber {
    /** Asked of the device itself: it knows no better name of its own at the end of its tunnel. */
    private static final ByteBuffer REQUEST = StandardCharsets.US_ASCII.encode("""
            GET / HTTP/1.1\r
            Host: localhost\r
            User-Agent: Sallyport\r
            Accept: */*\r
            Connection: close\r
            \r
            """);

    private final Tunnels tunnels;
    private final DirectoryHolder directory;
    private final BiConsumer<DeviceName, PortNumber> tlsSeen;
    private final PortProbe.Surroundings surroundings;
    private final ConcurrentMap<Target, PortProbe> probes = new ConcurrentHashMap<>();

    /** A port of a device; bounded by the directory. */
    record Target(DeviceName device, PortNumber port) {}

    /**
     * @param tlsSeen told on an event loop when a port answered in TLS for the first time, to be remembered in the store; must
     *     not block
     */
    public DeviceProbe(
            Tunnels tunnels,
            DirectoryHolder directory,
            Timers timers,
            GatewayEvents events,
            BiConsumer<DeviceName, PortNumber> tlsSeen) {
        this.tunnels = tunnels;
        this.directory = directory;
        this.tlsSeen = tlsSeen;
        surroundings = new PortProbe.Surroundings(tunnels, timers, events, clientHello(), REQUEST);
    }

    /**
     * The first flight of the JDK's client, made once: no handshake is ever finished with it, so its random may be used again.
     * It names no server, as nobody knows what the device calls itself.
     */
    private static ByteBuffer clientHello() {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            return hello.flip();
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Speech of(DeviceName device, PortNumber port) {
        PortProbe probe = probes.get(new Target(device, port));
        return probe == null ? Speech.UNKNOWN : probe.speech();
    }

    @Override
    public Optional<Problem> problem(DeviceName device, PortNumber port) {
        return Optional.ofNullable(probes.get(new Target(device, port))).flatMap(PortProbe::problem);
    }

    @Override
    public CompletionStage<Speech> probe(DeviceName device, PortNumber port) {
        boolean owned = directory
                .current()
                .findByPort(port)
                .filter(owner -> owner.name().equals(device))
                .isPresent();
        return owned && tunnels.find(port).isPresent()
                ? target(new Target(device, port)).probe()
                : CompletableFuture.completedFuture(Speech.UNKNOWN);
    }

    @Override
    public void offered(Offer offer) {
        target(new Target(offer.tunnel().device(), offer.port())).offered(offer);
    }

    private PortProbe target(Target target) {
        return probes.computeIfAbsent(
                target,
                key -> new PortProbe(
                        key, surroundings, () -> remembered(key), () -> tlsSeen.accept(key.device(), key.port())));
    }

    private boolean remembered(Target target) {
        return tlsSeen(directory.current(), target);
    }

    private static boolean tlsSeen(Directory directory, Target target) {
        return directory
                .findDevice(target.device())
                .flatMap(device -> device.findPort(target.port()))
                .filter(Port::tlsSeen)
                .isPresent();
    }

    /** Forgets ports that went to another device, and TLS that an operator made forget. */
    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        probes.entrySet().removeIf(entry -> {
            Target target = entry.getKey();
            boolean gone = now.findByPort(target.port())
                    .filter(device -> device.name().equals(target.device()))
                    .isEmpty();
            boolean forgotten = tlsSeen(before, target) && !tlsSeen(now, target);
            if (gone || forgotten) {
                entry.getValue().close();
            }
            return gone || forgotten;
        });
        return CompletableFuture.completedFuture(null);
    }

    /** Where a probe's streams seem to come from. */
    static InetAddress origin() {
        return InetAddress.getLoopbackAddress();
    }
}
