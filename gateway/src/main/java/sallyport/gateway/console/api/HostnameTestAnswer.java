package sallyport.gateway.console.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a walk through a device's pages has found.
 *
 * @param landing where a visitor's browser ends now
 * @param findings what was looked at
 * @param tls how the connection to the device is secured; absent when it is not
 * @param proposal options that would do better; absent when nothing needs to change
 * @param requests what was asked of the device, in order
 */
public record HostnameTestAnswer(
        String hostname,
        Landing landing,
        List<Finding> findings,
        Optional<DeviceTlsFacts> tls,
        Optional<Proposal> proposal,
        List<Fetch> requests) {

    /** @param good the visitor gets a page or a login */
    public record Landing(boolean good, int status, String ends) {}

    /** @param result {@code ok} or {@code warning} */
    public record Finding(String about, String result, String found, Optional<String> remedy) {}

    /** @param fingerprint SHA-256 of the device's certificate */
    public record DeviceTlsFacts(String protocol, String cipher, String fingerprint) {}

    /**
     * Options that would do better.
     *
     * @param options what to set besides the preset
     * @param command the same for the command line
     */
    public record Proposal(String preset, Map<String, String> options, String command, Landing before, Landing after) {}

    /** @param status 0 when no answer came */
    public record Fetch(String request, int status, Optional<String> location, long millis, Optional<String> problem) {}
}
