package sallyport.gateway.edge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The places that one port of a device has for connections, and who has them. Small web servers serve one to five
 * connections and leave the rest waiting or refuse them.
 *
 * <p><b>Fairness.</b> Every visitor's connection (a {@link Guest}) waits in a queue of its own, and free places go round
 * between them. Who has more than its share while others wait gives a place up after the exchange that runs on it; with more
 * guests than places each keeps one for {@link #QUANTUM} exchanges. A place whose connection is idle is taken from it as
 * soon as somebody waits.
 *
 * <p><b>Learning.</b> The limit ({@link ParallelLimit}) grows by one whenever somebody waits and every connection has been
 * answered. A connection that the device refuses while others live lowers it to their number. So does one that gets its first
 * answer only in the moment in which another ends, twice in a row: that is how a server looks that takes one connection
 * after the other.
 *
 * <p>Any thread may call it; a lock is held for steps in memory, and nobody is called while it is held.
 */
final class PortPlaces {
    /** Exchanges after which a place goes round when there are more guests than places. */
    static final int QUANTUM = 8;
    /** Most requests that wait for one port. */
    static final int MAX_WAITING = 512;
    /** Most of them by one visitor's connection: more than it may have streams. */
    static final int MAX_WAITING_OF_GUEST = 128;

    /** Connections at a time that were opened for no request. */
    static final int MAX_SPARES = 2;

    private final LongSupplier clock;
    private final ParallelLimit limit;
    private final IntConsumer learned;
    private final Map<Guest, Turn> turns = new LinkedHashMap<>();
    private final Set<Place> places = new LinkedHashSet<>();
    private boolean parallel;
    private @Nullable Long sparesGivenUp;

    /** Who wants places: one visitor's connection. Called on any thread, without the lock. */
    interface Guest {
        /** This place, whose connection is idle, is wanted by somebody else. */
        void giveWay(Place place);
    }

    /** A request that waits for a place. Called on any thread, without the lock. */
    interface Waiter {
        void granted(Place place);
    }

    private static final class Turn {
        final Deque<Waiter> waiting = new ArrayDeque<>();
        int held;
    }

    /** The right to one connection, from before it is opened until it is closed. */
    static final class Place {
        private Guest guest;
        private int exchanges;
        private boolean idle;
        private boolean kept;
        private boolean yielding;
        private boolean answered;
        private boolean late;
        private boolean spare;

        private Place(Guest guest) {
            this.guest = guest;
        }
    }

    /**
     * @param clock nanoseconds that only grow
     * @param learned told of each limit that a device's refusal or silence has lowered
     */
    PortPlaces(LongSupplier clock, IntConsumer learned) {
        this.clock = clock;
        this.limit = new ParallelLimit(clock);
        this.learned = learned;
    }

    /** The limit at this moment. */
    synchronized int limit() {
        return limit.value();
    }

    /**
     * Waits for a place; the waiter may be told before this returns.
     *
     * @param operators the limit that the operator has set
     * @return false when too many wait already
     */
    boolean ask(Guest guest, OptionalInt operators, Waiter waiter) {
        synchronized (this) {
            limit.fix(operators);
            Turn turn = turns.getOrDefault(guest, new Turn());
            if (waiting() >= MAX_WAITING || turn.waiting.size() >= MAX_WAITING_OF_GUEST) {
                return false;
            }
            turn.waiting.add(waiter);
            turns.putIfAbsent(guest, turn);
        }
        serve();
        return true;
    }

    /** The waiter waits no longer; nothing when it was told already. */
    synchronized void cancel(Guest guest, Waiter waiter) {
        Turn turn = turns.get(guest);
        if (turn != null) {
            turn.waiting.remove(waiter);
            forgetIfEmpty(guest, turn);
        }
    }

    /** Tells waiters whose turn it is, or makes idle connections give way to them. */
    private void serve() {
        for (Runnable step = nextStep(); step != null; step = nextStep()) {
            step.run();
        }
    }

    private synchronized @Nullable Runnable nextStep() {
        Map.Entry<Guest, Turn> next = turns.entrySet().stream()
                .filter(entry -> !entry.getValue().waiting.isEmpty())
                .findFirst()
                .orElse(null);
        if (next == null) {
            return null;
        }
        boolean room = places.size() < limit.value();
        if (room || (places.stream().allMatch(place -> place.answered) && limit.grow())) {
            return grant(next.getKey(), next.getValue());
        }
        long yielding = places.stream().filter(place -> place.yielding).count();
        return waiting() > yielding
                ? places.stream()
                        .filter(place -> place.idle)
                        .min(Comparator.comparing(place -> !isSpare(place)))
                        .map(this::yielding)
                        .orElse(null)
                : null;
    }

    private Runnable grant(Guest guest, Turn turn) {
        Place place = new Place(guest);
        Waiter waiter = turn.waiting.remove();
        places.add(place);
        turn.held++;
        turns.remove(guest);
        turns.put(guest, turn); // last in the round
        return () -> waiter.granted(place);
    }

    private Runnable yielding(Place place) {
        place.idle = false;
        place.yielding = true;
        return () -> place.guest.giveWay(place);
    }

    /**
     * True when the idle connection of a place may carry another exchange, now of {@code guest}; else it must be closed.
     */
    synchronized boolean reuse(Place place, Guest guest) {
        boolean mine = place.idle || place.kept;
        place.idle = false;
        place.kept = false;
        if (mine) {
            pass(place, guest);
        }
        return mine;
    }

    private void pass(Place place, Guest heir) {
        if (place.guest != heir) {
            Turn turn = Objects.requireNonNull(turns.get(place.guest));
            turn.held--;
            forgetIfEmpty(place.guest, turn);
            place.guest = heir;
            turns.computeIfAbsent(heir, guest -> new Turn()).held++;
        }
    }

    /** What becomes of a connection whose exchange is complete. */
    sealed interface Rest {
        /** It waits for its guest's next request. */
        record Idle() implements Rest {}

        /** Its guest has a request that waits already. */
        record Serve(Waiter waiter) implements Rest {}

        /** Somebody else gets its place. */
        record Close() implements Rest {}
    }

    /**
     * An exchange is complete, and its connection can carry another.
     *
     * @param heir whose the place is while the connection is idle
     */
    synchronized Rest rest(Place place, Guest heir) {
        place.exchanges++;
        Turn turn = Objects.requireNonNull(turns.get(place.guest));
        int others = waiting() - turn.waiting.size();
        boolean somebodyUnserved = places.stream().anyMatch(other -> other.late && !other.answered);
        if (somebodyUnserved || places.size() > limit.value() || (others > 0 && hasHadItsShare(place, turn))) {
            return new Rest.Close();
        }
        Waiter own = turn.waiting.poll();
        if (own != null) {
            return new Rest.Serve(own);
        }
        if (others > 0) {
            return new Rest.Close();
        }
        place.idle = true;
        pass(place, heir);
        return new Rest.Idle();
    }

    /**
     * An exchange is complete, and the next of the same guest must come over its connection: until {@link #letGo} it gives
     * way to nobody.
     *
     * @return the ticket for that
     */
    synchronized int keep(Place place) {
        place.exchanges++;
        place.kept = true;
        return place.exchanges;
    }

    /** That next exchange has not come for long: its connection is idle like others. */
    void letGo(Place place, int ticket) {
        synchronized (this) {
            if (!place.kept || place.exchanges != ticket || !places.contains(place)) {
                return;
            }
            place.kept = false;
            place.idle = true;
        }
        serve();
    }

    private boolean hasHadItsShare(Place place, Turn turn) {
        int share = limit.value() / turns.size();
        return share == 0 ? place.exchanges >= QUANTUM : turn.held > share;
    }

    /**
     * A place for a connection that nobody waits for: when the device is known to answer several at a time, one more place
     * stays free, and no such connection went wrong lately. It gives way before all others.
     */
    synchronized Optional<Place> spare(Guest guest) {
        boolean tooMany = places.stream().filter(PortPlaces::isSpare).count() >= MAX_SPARES;
        boolean room = places.size() + 1 < limit.value() && waiting() == 0;
        if (!parallel || tooMany || !room || areSparesGivenUp()) {
            return Optional.empty();
        }
        Place place = new Place(guest);
        place.spare = true;
        places.add(place);
        turns.computeIfAbsent(guest, its -> new Turn()).held++;
        return Optional.of(place);
    }

    private static boolean isSpare(Place place) {
        return place.spare && !place.answered;
    }

    private boolean areSparesGivenUp() {
        return sparesGivenUp != null && clock.getAsLong() - sparesGivenUp < ParallelLimit.MEMORY.toNanos();
    }

    /** The device refused one, did not answer on it, or could not serve others for it: none for a day. */
    synchronized void giveUpSpares() {
        sparesGivenUp = clock.getAsLong();
    }

    /** The connection of a spare place is open; whoever waits gets its place at once. */
    void ready(Place place) {
        synchronized (this) {
            place.idle = true;
        }
        serve();
    }

    /** Its connection is closed. */
    void leave(Place place) {
        synchronized (this) {
            if (!places.remove(place)) {
                return;
            }
            limit.connectionEnded();
            Turn turn = Objects.requireNonNull(turns.get(place.guest));
            turn.held--;
            forgetIfEmpty(place.guest, turn);
        }
        serve();
    }

    private void forgetIfEmpty(Guest guest, Turn turn) {
        if (turn.held == 0 && turn.waiting.isEmpty()) {
            turns.remove(guest);
        }
    }

    private int waiting() {
        return turns.values().stream().mapToInt(turn -> turn.waiting.size()).sum();
    }

    /** The device has not answered on its connection for long: idle ones may be what it waits for. */
    void late(Place place) {
        List<Runnable> steps = new ArrayList<>();
        synchronized (this) {
            if (place.answered || !places.contains(place)) {
                return;
            }
            place.late = true;
            if (places.stream().anyMatch(PortPlaces::isSpare)) {
                giveUpSpares();
            }
            places.stream().filter(other -> other.idle).toList().forEach(other -> steps.add(yielding(other)));
        }
        steps.forEach(Runnable::run);
    }

    /** The first byte of an answer has come on its connection. */
    void answered(Place place) {
        OptionalInt told = OptionalInt.empty();
        synchronized (this) {
            if (place.answered || !places.contains(place)) {
                return;
            }
            place.answered = true;
            parallel |= !place.late
                    && places.stream().filter(other -> other.answered).count() > 1;
            if (place.late) {
                told = limit.answeredLate(
                        (int) places.stream().filter(other -> other.answered).count());
            }
        }
        told.ifPresent(learned);
        serve();
    }

    /**
     * The device refused its connection.
     *
     * @return true when that was for others that live: then it is worth to wait for one of their places
     */
    boolean refused(Place place) {
        OptionalInt told;
        int others;
        synchronized (this) {
            others = (int) places.stream()
                    .filter(other -> other.answered && other != place)
                    .count();
            told = others == 0 ? OptionalInt.empty() : limit.lower(others);
        }
        told.ifPresent(learned);
        return others > 0;
    }
}
