package sallyport.gateway.edge;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many connections a device's port serves at a time, as the operator said or as it was learned. It begins at {@link
 * #FIRST} and grows while all goes well, up to {@link #MAX}. What a refusal or silence has taught holds for a day. Not
 * thread-safe: {@link PortPlaces} guards it.
 */
final class ParallelLimit {
    /** Where it begins: what browsers open to one server of HTTP/1.1. */
    static final int FIRST = 6;
    /** Beyond it no limit grows. */
    static final int MAX = 64;
    /** So many first answers in a row have to come only when another connection ended. */
    static final int EVIDENCE = 2;
    /** An answer that comes so soon after another connection ended came because it ended. */
    static final Duration AT_ONCE = Duration.ofMillis(300);

    static final Duration MEMORY = Duration.ofDays(1);

    private final LongSupplier clock;
    private OptionalInt operators = OptionalInt.empty();
    private int learned = FIRST;
    private @Nullable Long lowered;
    private int evidence;
    private @Nullable Long lastEnd;

    ParallelLimit(LongSupplier clock) {
        this.clock = clock;
    }

    /** From now on the operator's, when there is one. */
    void fix(OptionalInt limit) {
        operators = limit;
    }

    int value() {
        if (lowered != null && clock.getAsLong() - lowered > MEMORY.toNanos()) {
            lowered = null;
            learned = FIRST;
        }
        return operators.orElse(learned);
    }

    /** All connections are answered and somebody waits; true when that is reason for one more. */
    boolean grow() {
        boolean room = operators.isEmpty() && lowered == null && learned < MAX;
        learned += room ? 1 : 0;
        return room;
    }

    /** Some connection ended. */
    void connectionEnded() {
        lastEnd = clock.getAsLong();
    }

    /**
     * A connection that had waited for long got its first answer.
     *
     * @param answered how many connections are answered by now
     * @return the new limit when it is lower than before
     */
    OptionalInt answeredLate(int answered) {
        boolean atOnce = lastEnd != null && clock.getAsLong() - lastEnd <= AT_ONCE.toNanos();
        evidence = atOnce ? evidence + 1 : 0;
        return evidence >= EVIDENCE ? lower(answered) : OptionalInt.empty();
    }

    /** The device serves so many and no more; the new limit when it is lower than before. */
    OptionalInt lower(int to) {
        evidence = 0;
        if (operators.isPresent() || to > learned) {
            return OptionalInt.empty();
        }
        boolean news = to < learned;
        learned = to;
        lowered = clock.getAsLong();
        return news ? OptionalInt.of(to) : OptionalInt.empty();
    }
}
