package sallyport.gateway;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.DirectoryEditor;
import sallyport.gateway.directory.DirectoryEditor.HostnameChanges;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.ProblemException;

/**
 * Writes the certificates that were pinned at first use into the hostname's option, where an operator sees and changes them.
 * Hears of them on event loops and writes on the executor's threads.
 */
final class PinMemory implements GatewayEvents {
    private static final Logger LOG = LoggerFactory.getLogger(PinMemory.class);

    private final DirectoryEditor editor;
    private final Executor executor;

    PinMemory(DirectoryEditor editor, Executor executor) {
        this.editor = editor;
        this.executor = executor;
    }

    @Override
    public void happened(GatewayEvent event) {
        if (event instanceof GatewayEvent.CertificatePinned pinned) {
            executor.execute(() -> remember(pinned));
        }
    }

    private void remember(GatewayEvent.CertificatePinned pinned) {
        String pin = new DeviceCertificate.Pinned(Optional.of(pinned.fingerprint())).text();
        try {
            editor.changeHostname(
                    pinned.hostname(),
                    new HostnameChanges(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(HostnameOption.DEVICE_CERTIFICATE.key(), Optional.of(pin))));
        } catch (ProblemException e) {
            // The hostname may just have been removed; with the store out of order the pin holds until the next start.
            LOG.warn("The certificate of {} was not written down: {}", pinned.hostname(), e.getMessage());
        }
    }
}
