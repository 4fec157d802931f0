package sallyport.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Debian's HAProxy in front of a gateway, as a balancer of TCP or as a proxy of HTTP, connecting from a loopback address of its own. */
public final class HaProxy implements AutoCloseable {
    /** The address that it connects from; every other program of a test connects from 127.0.0.1. */
    public static final String ADDRESS = "127.0.0.9";

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final TempFolder folder;
    private final Program program;

    private HaProxy(TempFolder folder, Program program) {
        this.folder = folder;
        this.program = program;
    }

    /**
     * Relays ports of 127.0.0.1.
     *
     * @param ports from its own port to that of the gateway
     * @param header how the visitor's address is passed on: {@code send-proxy}, {@code send-proxy-v2}, or nothing
     */
    public static HaProxy relaying(Map<Integer, Integer> ports, String header) {
        String listeners = ports.entrySet().stream()
                .map(relay -> """
                        listen relay%d
                          bind 127.0.0.1:%d
                          server gateway 127.0.0.1:%d source %s %s
                        """.formatted(relay.getKey(), relay.getKey(), relay.getValue(), ADDRESS, header))
                .collect(Collectors.joining());
        return start("tcp", listeners, ports.keySet());
    }

    /**
     * Asks a gateway's HTTPS port over HTTP/1.1 for those who ask it over plain HTTP, and tells it about them.
     *
     * @param port its own port
     * @param line what it does to each request, such as {@code option forwardfor}
     */
    public static HaProxy asking(int port, int https, String line) {
        return start("http", """
                listen relay
                  bind 127.0.0.1:%d
                  %s
                  server gateway 127.0.0.1:%d source %s ssl verify none sni hdr(host),field(1,:) alpn http/1.1
                """.formatted(port, line, https, ADDRESS), Set.of(port));
    }

    private static HaProxy start(String mode, String listeners, Set<Integer> ports) {
        TempFolder folder = TempFolder.create("haproxy");
        folder.write("haproxy.cfg", """
                defaults
                  mode %s
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                """.formatted(mode) + listeners);
        Program program = Program.start(
                List.of("haproxy", "-db", "-f", folder.resolve("haproxy.cfg").toString()));
        HaProxy proxy = new HaProxy(folder, program);
        try {
            ports.forEach(port -> FreePort.awaitListener(port, DEADLINE));
        } catch (RuntimeException e) {
            String why = program.stderr();
            proxy.close();
            throw new IllegalStateException("haproxy did not start: " + why, e);
        }
        return proxy;
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
