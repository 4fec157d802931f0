package sallyport.gateway.console;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import sallyport.gateway.console.api.WhyAnswer.Step;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.directory.Printable;
import sallyport.gateway.fault.Fault;

/** The visitor's way as far as this gateway: name and certificate. */
final class WayToGateway {
    private static final Duration DNS_DEADLINE = Duration.ofSeconds(5);

    private final GatewayFacts facts;
    private final PublicUrls urls;

    WayToGateway(Console.Parts parts, PublicUrls urls) {
        this.facts = parts.facts();
        this.urls = urls;
    }

    /**
     * What this machine's resolver makes of the name. It never fails: the visitor may ask another resolver (split DNS, a
     * hosts file), and an address of a router in front of this machine is as good as one of its own.
     */
    Step dns(String host) {
        String name = Printable.shorten(host);
        Optional<InetAddress[]> addresses = resolve(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
        if (addresses.isEmpty()) {
            return Steps.unsure(
                    "DNS",
                    name + " has no address here",
                    "If visitors cannot resolve it either, add a DNS record, such as *." + urls.domain()
                            + ", that points to this gateway.");
        }
        return Steps.ok(
                "DNS",
                name + " is "
                        + Arrays.stream(addresses.get())
                                .map(InetAddress::getHostAddress)
                                .collect(Collectors.joining(", ")));
    }

    private static Optional<InetAddress[]> resolve(String host) {
        FutureTask<InetAddress[]> question = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofVirtual().name("sallyport-dns").start(question);
        try {
            return Optional.of(question.get(DNS_DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException) {
                return Optional.empty();
            }
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            question.cancel(true);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Under a hostname that is passed through. */
    Step ownCertificate(Hostname hostname) {
        return Steps.ok(
                "certificate",
                "the device shows its own (passthrough)"
                        + facts.findShown(hostname)
                                .map(shown -> ", last " + shown.fingerprint())
                                .orElse(""));
    }

    Step certificate(Hostname hostname) {
        Optional<GatewayFacts.Certificate> found = facts.findCertificate(hostname);
        if (found.isEmpty()) {
            return Steps.unsure(
                    "certificate",
                    "no certificate names " + hostname,
                    "Browsers will warn: add a certificate for it under `certificates`, or use the local CA.");
        }
        GatewayFacts.Certificate certificate = found.get();
        return certificate.notAfter().isBefore(Instant.now())
                ? Steps.failed(
                        "certificate",
                        "the certificate for " + hostname + " expired on " + certificate.notAfter(),
                        Fault.CERTIFICATE_EXPIRED,
                        Fault.CERTIFICATE_EXPIRED.fix())
                : Steps.ok("certificate", certificate.source() + ", valid until " + certificate.notAfter());
    }
}
