package sallyport.gateway.console.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A public key of a device.
 *
 * @param key the key as one OpenSSH line
 * @param from where the device may dial in from with it; empty means anywhere
 */
public record KeyAnswer(
        String type, String fingerprint, String comment, String key, List<String> from, Optional<Instant> expires) {}
