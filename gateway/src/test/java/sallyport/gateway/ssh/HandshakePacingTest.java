package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sallyport.gateway.ssh.HandshakeQueue.Rank;
import sallyport.gateway.ssh.HandshakeQueue.Waiting;
import sallyport.gateway.ssh.RecentLogins.Source;

/** Whose login is served next, and how much of the machine logins that come to nothing may take. */
class HandshakePacingTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void a_flood_from_one_address_costs_another_one_turn() throws Exception {
        HandshakeQueue queue = new HandshakeQueue();
        for (int i = 0; i < 500; i++) {
            queue.add(source("192.0.2.1"), new Waiting(step("flood"), Rank.STRANGER, false, 0));
        }
        queue.add(source("192.0.2.2"), new Waiting(step("device"), Rank.STRANGER, false, 0));

        assertThat(next(queue, 2)).containsExactly("flood", "device");
    }

    @Test
    void half_done_logins_go_first_then_those_who_were_here_before() throws Exception {
        HandshakeQueue queue = new HandshakeQueue();
        queue.add(source("192.0.2.1"), new Waiting(step("stranger"), Rank.STRANGER, false, 0));
        queue.add(source("192.0.2.1"), new Waiting(step("friend"), Rank.FRIEND, true, 0));
        queue.add(source("192.0.2.1"), new Waiting(step("keyed"), Rank.KEYED, false, 0));

        assertThat(next(queue, 3)).containsExactly("keyed", "friend", "stranger");
    }

    @Test
    void strangers_wait_while_their_budget_is_spent_and_friends_do_not() throws Exception {
        HandshakeQueue queue = new HandshakeQueue();
        queue.add(source("192.0.2.1"), new Waiting(step("stranger"), Rank.STRANGER, false, 0));
        queue.add(source("192.0.2.1"), new Waiting(step("friend"), Rank.FRIEND, true, 0));

        assertThat(queue.poll(rank -> rank != Rank.STRANGER)).isNotNull();
        assertThat(queue.poll(rank -> rank != Rank.STRANGER)).isNull();
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void who_waited_too_long_leaves_the_queue() throws Exception {
        HandshakeQueue queue = new HandshakeQueue();
        queue.add(source("192.0.2.1"), new Waiting(step("old"), Rank.STRANGER, false, 10));
        queue.add(source("192.0.2.1"), new Waiting(step("new"), Rank.STRANGER, false, 30));

        assertThat(queue.expire(20))
                .singleElement()
                .extracting(waiting -> waiting.step().toString())
                .isEqualTo("old");
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void a_spent_budget_comes_back_at_its_share_of_the_time() {
        CpuBudget budget = new CpuBudget(10, 100 * MILLI, 0);
        budget.spend(150 * MILLI);

        assertThat(budget.waitNanos(0)).isBetween(500 * MILLI, 501 * MILLI);
        assertThat(budget.waitNanos(499 * MILLI)).isPositive();
        assertThat(budget.waitNanos(501 * MILLI)).isZero();
    }

    @Test
    void work_that_led_to_a_login_counts_no_longer() {
        CpuBudget budget = new CpuBudget(10, 100 * MILLI, 0);
        budget.spend(150 * MILLI);

        budget.refund(60 * MILLI);

        assertThat(budget.waitNanos(0)).isZero();
    }

    @Test
    void a_budget_gathers_no_more_than_its_burst() {
        CpuBudget budget = new CpuBudget(10, 100 * MILLI, 0);

        assertThat(budget.waitNanos(TimeUnit.HOURS.toNanos(1))).isZero();
        budget.spend(101 * MILLI);

        assertThat(budget.waitNanos(TimeUnit.HOURS.toNanos(1))).isPositive();
    }

    @Test
    void an_ipv6_network_is_one_source() throws Exception {
        assertThat(source("2001:db8::1")).isEqualTo(source("2001:db8::ffff:2")).isNotEqualTo(source("2001:db8:0:1::1"));
    }

    private static List<String> next(HandshakeQueue queue, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Waiting next = queue.poll(_ -> true);
            names.add(next == null ? "none" : next.step().toString());
        }
        return names;
    }

    private static Source source(String address) throws Exception {
        return Source.of(InetAddress.getByName(address));
    }

    private static HandshakeExecutor.Step step(String name) {
        return new HandshakeExecutor.Step() {
            @Override
            public NettyIoSession session() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void run() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void drop(boolean busy) {
                throw new UnsupportedOperationException();
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }
}
