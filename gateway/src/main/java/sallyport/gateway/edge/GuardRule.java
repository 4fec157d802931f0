package sallyport.gateway.edge;

import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.HostnameOptions;

/**
 * Which uploads to a hostname the gateway waits for before it stops: the options {@code firmware-guard},
 * {@code firmware-guard-size} and {@code firmware-guard-rate}.
 *
 * @param on the operator marked the hostname
 * @param bytes how large an upload has to be
 * @param bytesPerSecond how fast it has to go on
 */
record GuardRule(boolean on, long bytes, long bytesPerSecond) {
    static GuardRule of(HostnameOptions options) {
        return new GuardRule(
                options.value(HostnameOption.FIRMWARE_GUARD),
                options.value(HostnameOption.FIRMWARE_GUARD_SIZE),
                options.value(HostnameOption.FIRMWARE_GUARD_RATE));
    }

    /** True for a body of this size. */
    boolean covers(long size) {
        return on && size >= bytes;
    }

    /** True when a body may turn out to be one that is waited for: -1 stands for a length that was not announced. */
    boolean mayCover(long announced) {
        return on && (announced < 0 || announced >= bytes);
    }
}
