package sallyport.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs the program in a network of its own that has loopback and IPv4 alone, as a host does whose IPv6 is switched off. For
 * tests that run as root.
 */
public final class Ipv4Host implements Runner {
    private static final String PREPARE =
            "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 && ip link set lo up && exec \"$@\"";

    @Override
    public List<String> commandLine(List<String> words) {
        List<String> line = new ArrayList<>(List.of("unshare", "--net", "sh", "-c", PREPARE, "sh"));
        line.addAll(Runner.PLAIN.commandLine(words));
        return line;
    }

    /** The words that put a program into the network of another. */
    static List<String> beside(Program program) {
        return List.of("nsenter", "--net", "--target", Long.toString(program.pid()));
    }
}
