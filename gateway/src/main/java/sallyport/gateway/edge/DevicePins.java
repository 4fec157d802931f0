package sallyport.gateway.edge;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sallyport.gateway.directory.DeviceCertificate;
import sallyport.gateway.directory.Directory;
import sallyport.gateway.directory.DirectoryHolder;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.edge.DeviceContexts.Terms;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;

/**
 * Certificates of devices that were seen for the first time and are to be pinned. The pin holds at once; whoever hears of it
 * writes it into the directory, from where it holds for ever. Any thread; nothing blocks.
 */
final class DevicePins implements DirectoryHolder.Subscriber {
    private final GatewayEvents events;
    private final ConcurrentMap<Hostname, String> unwritten = new ConcurrentHashMap<>();
    private final ConcurrentMap<Hostname, String> told = new ConcurrentHashMap<>();

    DevicePins(GatewayEvents events) {
        this.events = events;
    }

    /** The pin of a hostname that has none in the directory yet: the first that was shown. */
    String firstUse(Terms terms, String shown) {
        String before = unwritten.putIfAbsent(terms.hostname(), shown);
        if (before != null) {
            return before;
        }
        events.happened(new GatewayEvent.CertificatePinned(terms.device(), terms.hostname(), shown));
        return shown;
    }

    /** Another certificate than the pinned one was shown; it is told once for each. */
    void changed(Terms terms, String pinned, String shown) {
        if (!shown.equals(told.put(terms.hostname(), shown))) {
            events.happened(new GatewayEvent.CertificateChanged(terms.device(), terms.hostname(), pinned, shown));
        }
    }

    /** Forgets what is written by now, and what is not wanted any more. */
    @Override
    public CompletionStage<?> directoryChanged(Directory before, Directory now) {
        unwritten.keySet().removeIf(hostname -> !isAwaited(now, hostname));
        told.keySet().removeIf(hostname -> now.findHostname(hostname).isEmpty());
        return CompletableFuture.completedFuture(null);
    }

    private static boolean isAwaited(Directory directory, Hostname hostname) {
        return directory
                .findHostname(hostname)
                .map(route -> route.options().value(HostnameOption.DEVICE_CERTIFICATE))
                .filter(certificate -> certificate.equals(new DeviceCertificate.Pinned(Optional.empty())))
                .isPresent();
    }
}
