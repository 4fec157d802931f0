package sallyport.gateway.edge;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers requests, so that a visitor's complaint, the access log and the device's own log can be put side by side. */
final class RequestId {
    /** The field in which a device gets it; what a visitor sends under this name is not passed on. */
    static final String FIELD = "X-Request-Id";

    private static final int PREFIX_BYTES = 6;
    /** Another one with every start of the gateway. */
    private static final String PREFIX = prefix();

    private static final AtomicLong NEXT = new AtomicLong();

    private RequestId() {}

    /** Any thread. */
    static String next() {
        return PREFIX + Long.toHexString(NEXT.incrementAndGet());
    }

    private static String prefix() {
        byte[] random = new byte[PREFIX_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random) + "-";
    }
}
