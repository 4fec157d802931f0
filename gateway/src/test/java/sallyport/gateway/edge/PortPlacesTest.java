package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import sallyport.gateway.edge.PortPlaces.Place;
import sallyport.gateway.edge.PortPlaces.Rest;

/** Who gets a device's few connections, and how their number is learned; with a clock of the test's own. */
final class PortPlacesTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<Integer> learned = new ArrayList<>();
    private final PortPlaces places = new PortPlaces(clock::get, learned::add);

    private final List<Visitor> visitors = new ArrayList<>();

    private Visitor owner(Place place) {
        return visitors.stream()
                .filter(visitor -> visitor.granted.contains(place))
                .findFirst()
                .orElseThrow();
    }

    private Rest rests(Place place) {
        return places.rest(place, owner(place));
    }

    /** One visitor's connection. */
    private final class Visitor implements PortPlaces.Guest {
        final List<Place> granted = new ArrayList<>();
        final List<Place> yielded = new ArrayList<>();

        Visitor() {
            visitors.add(this);
        }

        Place asks() {
            return asks(OptionalInt.empty());
        }

        /** Asks, and has a place at once. */
        Place asks(OptionalInt operators) {
            int before = granted.size();
            assertThat(places.ask(this, operators, granted::add)).isTrue();
            assertThat(granted).hasSize(before + 1);
            return granted.getLast();
        }

        void waits() {
            waits(OptionalInt.empty());
        }

        /** Asks, and has to wait. */
        void waits(OptionalInt operators) {
            int before = granted.size();
            assertThat(places.ask(this, operators, granted::add)).isTrue();
            assertThat(granted).hasSize(before);
        }

        /** Asks, and is answered at once by the device. */
        Place talks() {
            Place place = asks();
            places.answered(place);
            return place;
        }

        @Override
        public void giveWay(Place place) {
            yielded.add(place);
            places.leave(place);
        }
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void so_many_connections_as_a_browser_opens_need_no_answer_and_more_need_all_of_them() {
        Visitor visitor = new Visitor();
        List<Place> first = new ArrayList<>();
        for (int i = 0; i < ParallelLimit.FIRST; i++) {
            first.add(visitor.asks());
        }
        visitor.waits();
        first.forEach(places::answered);
        assertThat(visitor.granted).hasSize(ParallelLimit.FIRST + 1);
    }

    @Test
    void no_limit_grows_beyond_the_greatest() {
        Visitor visitor = new Visitor();
        for (int i = 0; i < ParallelLimit.MAX; i++) {
            visitor.talks();
        }
        visitor.waits();
        assertThat(places.limit()).isEqualTo(ParallelLimit.MAX);
    }

    @Test
    void the_operators_limit_is_kept_in_both_directions() {
        Visitor visitor = new Visitor();
        Place only = visitor.asks(OptionalInt.of(1));
        places.answered(only);
        visitor.waits(OptionalInt.of(1));
        places.leave(only);
        assertThat(visitor.granted).hasSize(2);
        assertThat(places.refused(visitor.granted.getLast())).isFalse();
        assertThat(places.limit()).isOne();
    }

    @Test
    void free_places_go_round_between_visitors() {
        Visitor greedy = new Visitor();
        Visitor modest = new Visitor();
        Place only = greedy.asks(OptionalInt.of(1));
        for (int i = 0; i < 5; i++) {
            greedy.waits(OptionalInt.of(1));
        }
        modest.waits(OptionalInt.of(1));
        places.leave(only);
        assertThat(greedy.granted).hasSize(2);
        places.leave(greedy.granted.getLast());
        assertThat(modest.granted).hasSize(1);
    }

    @Test
    void a_place_serves_the_next_request_of_its_visitor_until_others_have_waited_for_a_quantum() {
        Visitor first = new Visitor();
        Visitor second = new Visitor();
        Place only = first.asks(OptionalInt.of(1));
        for (int i = 0; i < 20; i++) {
            first.waits(OptionalInt.of(1));
        }
        second.waits(OptionalInt.of(1));
        for (int i = 1; i < PortPlaces.QUANTUM; i++) {
            assertThat(rests(only)).isInstanceOf(Rest.Serve.class);
        }
        assertThat(rests(only)).isInstanceOf(Rest.Close.class);
    }

    @Test
    void an_idle_connection_gives_way_to_whoever_waits() {
        Visitor first = new Visitor();
        Visitor second = new Visitor();
        Place only = first.asks(OptionalInt.of(1));
        assertThat(rests(only)).isInstanceOf(Rest.Idle.class);
        second.asks(OptionalInt.of(1));
        assertThat(first.yielded).containsExactly(only);
        assertThat(places.reuse(only, owner(only))).isFalse();
    }

    @Test
    void an_idle_connection_carries_its_visitors_next_request() {
        Visitor visitor = new Visitor();
        Place place = visitor.talks();
        assertThat(rests(place)).isInstanceOf(Rest.Idle.class);
        assertThat(places.reuse(place, owner(place))).isTrue();
        assertThat(places.reuse(place, owner(place))).isFalse();
    }

    @Test
    void a_refused_connection_lowers_the_limit_to_those_that_live_for_a_day() {
        Visitor visitor = new Visitor();
        for (int i = 0; i < 4; i++) {
            visitor.talks();
        }
        Place fifth = visitor.asks();
        assertThat(places.refused(fifth)).isTrue();
        places.leave(fifth);
        assertThat(learned).containsExactly(4);
        visitor.waits();
        pass(Duration.ofHours(25));
        assertThat(places.limit()).isEqualTo(ParallelLimit.FIRST);
    }

    @Test
    void a_device_that_refuses_its_only_connection_is_down_and_teaches_nothing() {
        assertThat(places.refused(new Visitor().asks())).isFalse();
        assertThat(learned).isEmpty();
    }

    @Test
    void a_server_that_takes_one_connection_after_the_other_is_found_out() {
        Visitor visitor = new Visitor();
        Place first = visitor.talks();
        Place second = visitor.asks();
        Place third = visitor.asks();
        assertThat(rests(first)).isInstanceOf(Rest.Idle.class);
        pass(Duration.ofSeconds(2));
        places.late(second);
        assertThat(visitor.yielded).containsExactly(first);
        pass(Duration.ofMillis(20));
        places.answered(second);
        places.late(third);
        assertThat(rests(second)).isInstanceOf(Rest.Close.class);
        places.leave(second);
        pass(Duration.ofMillis(20));
        places.answered(third);
        assertThat(learned).containsExactly(1);
        assertThat(rests(third)).isInstanceOf(Rest.Idle.class);
    }

    @Test
    void a_page_that_is_slow_by_itself_teaches_nothing() {
        Visitor visitor = new Visitor();
        for (int i = 0; i < 5; i++) {
            Place quick = visitor.talks();
            Place slow = visitor.asks();
            rests(quick);
            places.late(slow);
            pass(Duration.ofSeconds(1));
            places.answered(slow);
        }
        assertThat(learned).isEmpty();
    }

    @Test
    void the_queue_is_bounded_and_who_leaves_it_is_not_served() {
        Place only = new Visitor().asks(OptionalInt.of(1));
        List<Place> told = new ArrayList<>();
        List<Runnable> cancels = new ArrayList<>();
        for (int i = 0; i < PortPlaces.MAX_WAITING; i += PortPlaces.MAX_WAITING_OF_GUEST) {
            Visitor visitor = new Visitor();
            for (int j = 0; j < PortPlaces.MAX_WAITING_OF_GUEST; j++) {
                PortPlaces.Waiter waiter = place -> told.add(place);
                assertThat(places.ask(visitor, OptionalInt.of(1), waiter)).isTrue();
                cancels.add(() -> places.cancel(visitor, waiter));
            }
            assertThat(places.ask(visitor, OptionalInt.of(1), told::add)).isFalse();
        }
        assertThat(places.ask(new Visitor(), OptionalInt.of(1), told::add)).isFalse();
        cancels.forEach(Runnable::run);
        places.leave(only);
        assertThat(told).isEmpty();
    }

    @Test
    void an_idle_place_goes_to_an_heir_who_then_gives_way_with_it() {
        Visitor visitor = new Visitor();
        Visitor heir = new Visitor();
        Visitor next = new Visitor();
        Place only = visitor.asks(OptionalInt.of(1));
        assertThat(places.rest(only, heir)).isInstanceOf(Rest.Idle.class);
        assertThat(places.ask(next, OptionalInt.of(1), next.granted::add)).isTrue();
        assertThat(heir.yielded).containsExactly(only);
        assertThat(visitor.yielded).isEmpty();
        assertThat(next.granted).hasSize(1);
    }

    @Test
    void a_kept_place_gives_way_only_when_it_is_let_go() {
        Visitor visitor = new Visitor();
        Visitor next = new Visitor();
        Place only = visitor.asks(OptionalInt.of(1));
        int first = places.keep(only);
        assertThat(places.reuse(only, visitor)).isTrue();
        int second = places.keep(only);
        next.waits(OptionalInt.of(1));
        places.letGo(only, first);
        assertThat(visitor.yielded).isEmpty();
        places.letGo(only, second);
        assertThat(visitor.yielded).containsExactly(only);
    }

    private Place spareAfterParallelAnswers(Visitor visitor) {
        visitor.talks();
        assertThat(places.spare(visitor)).isEmpty();
        visitor.talks();
        return places.spare(visitor).orElseThrow();
    }

    @Test
    void spares_need_a_device_that_answers_several_at_a_time_and_are_two_at_most() {
        Visitor visitor = new Visitor();
        spareAfterParallelAnswers(visitor);
        assertThat(places.spare(visitor)).isPresent();
        assertThat(places.spare(visitor)).isEmpty();
    }

    @Test
    void spares_leave_one_place_free_and_give_way_before_others() {
        Visitor visitor = new Visitor();
        Visitor other = new Visitor();
        OptionalInt four = OptionalInt.of(4);
        Place first = visitor.asks(four);
        places.answered(first);
        places.answered(visitor.asks(four));
        places.rest(first, visitor);
        Place spare = places.spare(visitor).orElseThrow();
        assertThat(places.spare(visitor)).isEmpty();
        places.ready(spare);
        other.asks(four);
        assertThat(places.ask(other, four, other.granted::add)).isTrue();
        assertThat(visitor.yielded).containsExactly(spare);
        assertThat(other.granted).hasSize(2);
    }

    @Test
    void a_spare_that_opens_while_somebody_waits_gives_way_at_once() {
        Visitor visitor = new Visitor();
        OptionalInt four = OptionalInt.of(4);
        places.answered(visitor.asks(four));
        places.answered(visitor.asks(four));
        Place spare = places.spare(visitor).orElseThrow();
        visitor.asks(four);
        visitor.waits(four);
        places.ready(spare);
        assertThat(visitor.yielded).containsExactly(spare);
        assertThat(visitor.granted).hasSize(4);
    }

    @Test
    void spares_are_given_up_for_a_day_when_one_goes_wrong_or_somebody_is_not_served_beside_it() {
        Visitor visitor = new Visitor();
        places.leave(spareAfterParallelAnswers(visitor));
        places.giveUpSpares();
        pass(ParallelLimit.MEMORY.minusNanos(1));
        assertThat(places.spare(visitor)).isEmpty();
        pass(Duration.ofNanos(1));
        assertThat(places.spare(visitor)).isPresent();

        places.late(visitor.asks());
        assertThat(places.spare(visitor)).isEmpty();
    }
}
