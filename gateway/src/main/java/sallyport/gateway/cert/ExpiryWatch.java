package sallyport.gateway.cert;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvents;
import sallyport.gateway.fault.Fault;

/** Says once at a third and once at a sixth of a certificate's life that nobody has renewed it. One thread at a time. */
final class ExpiryWatch {
    private final GatewayEvents events;
    /** How often each one was mentioned; those that are gone are forgotten. */
    private Map<ServerCertificate, Integer> mentioned = new HashMap<>();

    ExpiryWatch(GatewayEvents events) {
        this.events = events;
    }

    /** @param certificates by the name to mention */
    void look(Map<String, ServerCertificate> certificates, Instant now) {
        Map<ServerCertificate, Integer> next = new HashMap<>();
        certificates.forEach((name, certificate) -> {
            int stage = stage(certificate, now);
            int before = mentioned.getOrDefault(certificate, 0);
            if (stage > before) {
                events.happened(new GatewayEvent.Notice(Fault.CERTIFICATE_ENDS.problem(
                        "name",
                        name,
                        "expires",
                        certificate.certificate().getNotAfter().toInstant())));
            }
            next.put(certificate, Math.max(stage, before));
        });
        mentioned = next;
    }

    private static int stage(ServerCertificate certificate, Instant now) {
        if (now.isBefore(X509.left(certificate.certificate(), 3))) {
            return 0;
        }
        return now.isBefore(X509.left(certificate.certificate(), 6)) ? 1 : 2;
    }
}
