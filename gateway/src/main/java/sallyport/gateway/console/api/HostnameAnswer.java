package sallyport.gateway.console.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A public name that leads to one port of one device.
 *
 * @param tls {@code terminate} or {@code passthrough}
 * @param deviceTls {@code auto}, {@code yes} or {@code no}
 * @param automatic true for {@code NAME.domain}
 * @param options what an operator has set: key to text
 * @param effectiveOptions all options: key to text, set or default
 * @param state the state of the device behind it
 * @param shown the certificate that the device showed last, when the name is passed through
 * @param warnings what works but deserves an operator's look
 */
public record HostnameAnswer(
        String hostname,
        String device,
        int port,
        String tls,
        String deviceTls,
        boolean automatic,
        Map<String, String> options,
        Map<String, String> effectiveOptions,
        String url,
        String state,
        Optional<ShownCertificate> shown,
        List<Notice> warnings) {

    /**
     * A device's own certificate.
     *
     * @param fingerprint {@code SHA256:} and Base64
     * @param sha256 the same in pairs of hexadecimal digits, as browsers and OpenSSL print it
     * @param at when it was last seen; empty when that was before the gateway's start
     */
    public record ShownCertificate(String fingerprint, String sha256, Optional<Instant> at) {}

    /** The same with more warnings. */
    public HostnameAnswer with(List<Notice> more) {
        List<Notice> all = Stream.concat(warnings.stream(), more.stream()).toList();
        return new HostnameAnswer(
                hostname, device, port, tls, deviceTls, automatic, options, effectiveOptions, url, state, shown, all);
    }
}
