package sallyport.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.InvalidValue;

/**
 * The certificates that devices showed under hostnames that are passed through, in a file of the data folder, so that a change
 * is noticed across a restart too: {@code HOSTNAME FINGERPRINT} in each line. Hears of them on event loops and writes on the
 * executor's threads; a file that cannot be read or written costs nothing but that.
 */
final class PassthroughMemory implements Consumer<Map<Hostname, String>> {
    private static final Logger LOG = LoggerFactory.getLogger(PassthroughMemory.class);
    private static final String NAME = "passthrough-certificates";

    private final Path file;
    private final Executor executor;

    PassthroughMemory(Path data, Executor executor) {
        this.file = data.resolve(NAME);
        this.executor = executor;
    }

    Map<Hostname, String> read() {
        Map<Hostname, String> known = new HashMap<>();
        try {
            for (String line :
                    Files.exists(file) ? Files.readString(file).lines().toList() : List.<String>of()) {
                String[] words = line.split(" ", 2);
                if (words.length == 2) {
                    known.put(Hostname.parse(words[0]), words[1]);
                }
            }
        } catch (IOException | InvalidValue e) {
            LOG.warn("{} cannot be read: {}", file, e.getMessage());
        }
        return known;
    }

    @Override
    public void accept(Map<Hostname, String> known) {
        executor.execute(() -> write(known));
    }

    private synchronized void write(Map<Hostname, String> known) {
        String text = new TreeMap<>(known)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                        .collect(Collectors.joining());
        try {
            Path fresh = Files.writeString(file.resolveSibling(NAME + ".new"), text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", file, e.getMessage());
        }
    }
}
