package sallyport.gateway.edge;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import sallyport.gateway.event.GatewayEvent.Slip;

/**
 * How answers of devices are read: slips are mended, since the answer is written anew, told once for each connection, and
 * remembered. A server that spells so is not to be trusted with a second request behind the first.
 */
final class Mending implements Grammar {
    private final Set<Slip> met = EnumSet.noneOf(Slip.class);
    private final Consumer<Slip> told;

    Mending(Consumer<Slip> told) {
        this.told = told;
    }

    @Override
    public void meet(Slip slip) {
        if (met.add(slip)) {
            told.accept(slip);
        }
    }

    /** True when something had to be mended. */
    boolean happened() {
        return !met.isEmpty();
    }
}
