package sallyport.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been opened so far, closed in reverse order, each whatever happens to the others. For the thread that starts or
 * stops the gateway.
 */
final class OpenParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenParts.class);

    private record Part(String name, AutoCloseable closer) {}

    private final Deque<Part> parts = new ArrayDeque<>();

    /** Takes ownership of a part. */
    void add(String name, AutoCloseable closer) {
        parts.push(new Part(name, closer));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.closer.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.warn("{} did not close cleanly", part.name, e);
            }
        }
    }
}
