package sallyport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Port numbers for programs that cannot be told "0": below the kernel's range for outgoing connections, so that nobody is
 * given the number by accident between our look and the program's bind, and never the same number twice in one process.
 */
public final class FreePort {
    private static final int FIRST = 12_000;
    private static final int COUNT = 8_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 197 % COUNT));

    private FreePort() {}

    /** A port on which nothing listens, on any address. */
    public static int pick() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (free(port, "0.0.0.0") && free(port, "127.0.0.1")) {
                return port;
            }
        }
        throw new IllegalStateException("no port from " + FIRST + " on is free");
    }

    /**
     * A port below the first one that every program may bind, on which nobody listens at the moment; empty where the kernel
     * lets every program bind all ports.
     */
    public static OptionalInt findPrivileged() {
        int first = firstUnprivileged();
        return IntStream.iterate(first - 1, port -> port > 0, port -> port - 1)
                .filter(FreePort::silent)
                .findFirst();
    }

    /** With one read: a file of /proc/sys gives its value to the first read alone. */
    private static int firstUnprivileged() {
        try (InputStream in = Files.newInputStream(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"))) {
            return Integer.parseInt(new String(in.readNBytes(16), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean silent(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean free(int port, String address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until something accepts connections on a loopback port. */
    public static void awaitListener(int port, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new UncheckedIOException("nothing listens on port " + port, e);
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
    }
}
