package sallyport.gateway;

import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.DeviceName;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.PortNumber;
import sallyport.gateway.fault.ProblemException;

/**
 * Remembers in the store which device ports have spoken TLS, so that plain HTTP is never used there again, also after a restart.
 * Hears of it on event loops and writes on the executor's threads.
 */
final class TlsMemory implements BiConsumer<DeviceName, PortNumber> {
    private static final Logger LOG = LoggerFactory.getLogger(TlsMemory.class);

    private final DirectoryEditor editor;
    private final Executor executor;

    TlsMemory(DirectoryEditor editor, Executor executor) {
        this.editor = editor;
        this.executor = executor;
    }

    @Override
    public void accept(DeviceName device, PortNumber port) {
        executor.execute(() -> remember(device, port));
    }

    private void remember(DeviceName device, PortNumber port) {
        try {
            editor.rememberTls(device, port);
        } catch (ProblemException e) {
            // The device may just have been removed; with the store out of order the next probe tries again.
            LOG.info("That {} speaks TLS on port {} was not remembered: {}", device, port, e.getMessage());
        }
    }
}
