package sallyport.gateway.console.api;

import java.time.Instant;

/**
 * A key that no device owns and that has knocked: its signature was right, its session ended without a login.
 *
 * @param key the key as one OpenSSH line, ready for {@code device add}
 */
public record WaitingKey(
        String fingerprint,
        String type,
        String key,
        String user,
        String client,
        String address,
        Instant first,
        Instant last,
        long times) {}
