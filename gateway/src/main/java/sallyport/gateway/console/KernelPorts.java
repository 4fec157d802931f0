package sallyport.gateway.console;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sallyport.gateway.directory.Device;
import sallyport.gateway.directory.Port;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;

/**
 * What the kernel will say to an open port, known at the grant already: a port inside the range for outgoing connections is
 * now and then taken by one (ip-sysctl: {@code ip_local_port_range}, {@code ip_local_reserved_ports}), and one below {@code
 * ip_unprivileged_port_start} needs CAP_NET_BIND_SERVICE (capabilities(7)). Where /proc says nothing, nothing is warned of.
 */
final class KernelPorts {
    private static final int CAP_NET_BIND_SERVICE = 10;
    private static final int DEFAULT_FIRST_UNPRIVILEGED = 1024;

    private static final int MAX_FILE = 64 * 1024;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})\\s+(\\d{1,5})");
    private static final Pattern RESERVED = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    private final Path proc;

    KernelPorts() {
        this(Path.of("/proc"));
    }

    /** Reads another tree than {@code /proc}, for tests. */
    KernelPorts(Path proc) {
        this.proc = proc;
    }

    List<Problem> warnings(Device device) {
        List<Problem> warnings = new ArrayList<>();
        for (Port port : device.ports()) {
            if (port.open().isPresent()) {
                warn(port.number(), warnings);
            }
        }
        return warnings;
    }

    private void warn(PortNumber port, List<Problem> warnings) {
        Matcher range = RANGE.matcher(read("sys/net/ipv4/ip_local_port_range"));
        if (range.matches()
                && within(port.value(), range)
                && !reserved(port.value(), read("sys/net/ipv4/ip_local_reserved_ports"))) {
            warnings.add(
                    Fault.PORT_OUTGOING_RANGE.problem("port", port, "range", range.group(1) + "-" + range.group(2)));
        }
        if (port.value() < firstUnprivileged() && !mayBindPrivileged()) {
            warnings.add(Fault.PORT_NOT_BINDABLE.problem("port", port));
        }
    }

    private static boolean within(int port, MatchResult range) {
        int first = Integer.parseInt(range.group(1));
        return port >= first && port <= (range.group(2) == null ? first : Integer.parseInt(range.group(2)));
    }

    /** A list of ports and ranges: {@code 8080,50000-50010}. */
    private static boolean reserved(int port, String list) {
        return RESERVED.matcher(list).results().anyMatch(entry -> within(port, entry));
    }

    private int firstUnprivileged() {
        String value = read("sys/net/ipv4/ip_unprivileged_port_start");
        return value.isEmpty() ? DEFAULT_FIRST_UNPRIVILEGED : Integer.parseInt(value);
    }

    private boolean mayBindPrivileged() {
        return read("self/status")
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .allMatch(capabilities -> (capabilities & (1L << CAP_NET_BIND_SERVICE)) != 0);
    }

    /** With one read: a file of /proc/sys gives its value to the first read alone, whatever that asked for. */
    private String read(String file) {
        try (InputStream in = Files.newInputStream(proc.resolve(file))) {
            return new String(in.readNBytes(MAX_FILE), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
