package sallyport.gateway.event;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * A body on its way to a device at this moment.
 *
 * @param expected bytes of the whole, when the visitor announced them
 * @param bytes those that came so far
 * @param bytesPerSecond over the last half minute or so
 * @param guarded the gateway would wait for it before it stops
 */
public record LiveUpload(
        GatewayEvent.Upload what,
        OptionalLong expected,
        long bytes,
        long bytesPerSecond,
        Instant since,
        boolean guarded) {}
