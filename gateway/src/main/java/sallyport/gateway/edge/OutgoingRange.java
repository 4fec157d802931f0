package sallyport.gateway.edge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import sallyport.gateway.directory.PortNumber;

/**
 * The kernel's range for the local ports of outgoing connections. A port in it can be taken by any such connection in the
 * moment when its device is away, unless it is reserved.
 */
final class OutgoingRange {
    private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final Path RESERVED = Path.of("/proc/sys/net/ipv4/ip_local_reserved_ports");

    private static final int MAX_FILE = 64 * 1024;

    private OutgoingRange() {}

    /**
     * The range when the port lies in it and is not reserved. Reads two files of the proc file system: they come from memory
     * and never wait for a disk, so an event loop may do so.
     */
    static Optional<String> holding(PortNumber port) {
        try {
            return holding(port, read(RANGE), read(RESERVED));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** With one read: a file of /proc/sys gives its value to the first read alone, however small that was. */
    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_FILE), StandardCharsets.US_ASCII);
        }
    }

    /** @param range two numbers; @param reserved numbers and ranges with commas, as the kernel writes them */
    static Optional<String> holding(PortNumber port, String range, String reserved) {
        String[] ends = range.strip().split("\\s+", -1);
        if (ends.length != 2 || !within(port, ends[0], ends[1])) {
            return Optional.empty();
        }
        boolean kept = Arrays.stream(reserved.strip().split(",", -1))
                .filter(each -> !each.isEmpty())
                .map(each -> each.split("-", 2))
                .anyMatch(each -> within(port, each[0], each[each.length - 1]));
        return kept ? Optional.empty() : Optional.of(ends[0] + "-" + ends[1]);
    }

    private static boolean within(PortNumber port, String first, String last) {
        return port.value() >= Integer.parseInt(first) && port.value() <= Integer.parseInt(last);
    }
}
