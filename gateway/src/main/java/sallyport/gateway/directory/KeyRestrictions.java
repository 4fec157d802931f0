package sallyport.gateway.directory;

import java.util.List;
import java.util.Optional;

/**
 * What the options in front of a key allow it, besides {@code from=} and {@code expiry-time=}, which {@link DeviceKey}
 * carries.
 *
 * @param forwards false when {@code restrict} or {@code no-port-forwarding} stands there without {@code port-forwarding}
 * @param permitListen the listening addresses that the key may ask for; empty: any that its device owns
 */
public record KeyRestrictions(boolean forwards, List<PermitListen> permitListen) {
    /** Nothing stood in front of the key. */
    public static final KeyRestrictions NONE = new KeyRestrictions(true, List.of());

    public KeyRestrictions {
        permitListen = List.copyOf(permitListen);
    }

    /**
     * One {@code permitlisten="[HOST:]PORT"}.
     *
     * @param host as it was written, {@code *} when it was not
     * @param port empty for {@code *}
     */
    public record PermitListen(String host, Optional<PortNumber> port) {}
}
