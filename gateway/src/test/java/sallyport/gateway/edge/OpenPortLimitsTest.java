package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.HandTimers;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/** How long an open port listens without a tunnel, how many it serves, and at which addresses. */
final class OpenPortLimitsTest {
    private final HandTimers timers = new HandTimers(Instant.EPOCH);
    private final OpenPortFixture place =
            new OpenPortFixture(timers, BindChoice.CLIENT, List.of("127.0.0.1", "127.0.0.2"));

    @AfterEach
    void stop() {
        place.close();
    }

    private boolean listens() throws IOException {
        try (Socket visitor = place.connect()) {
            return visitor.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    @Test
    void a_port_listens_for_30_s_after_its_tunnel_ended_and_no_longer() throws Exception {
        place.grant("");
        place.tunnels.ended(place.tunnel);
        place.settle();

        timers.advance(Duration.ofMillis(29_900));
        place.settle();
        assertThat(listens()).isTrue();

        timers.advance(Duration.ofMillis(200));
        await().until(() -> !listens());
    }

    @Test
    void a_port_whose_next_tunnel_came_in_time_listens_on() throws Exception {
        place.grant("");
        place.tunnels.ended(place.tunnel);
        place.settle();
        timers.advance(Duration.ofSeconds(20));
        place.grant("");

        timers.advance(Duration.ofMinutes(5));
        place.settle();

        assertThat(listens()).isTrue();
    }

    @Test
    void more_connections_than_the_limit_are_closed_and_reported_until_one_leaves() throws Exception {
        place.grant("");
        try (Socket first = place.connect();
                Socket second = place.connect()) {
            first.getOutputStream().write(1);
            second.getOutputStream().write(1);
            place.tunnel.next();
            place.tunnel.next();
            try (Socket third = place.connect()) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(place.events)
                    .filteredOn(GatewayEvent.VisitorRefused.class::isInstance)
                    .singleElement()
                    .satisfies(event -> assertThat(
                                    ((GatewayEvent.VisitorRefused) event).why().fault())
                            .isEqualTo(Fault.TOO_MANY_STREAMS));
            second.setSoLinger(true, 0);
        }
        await().untilAsserted(() -> {
            try (Socket next = place.connect()) {
                next.getOutputStream().write(1);
                assertThatCode(place.tunnel::next).doesNotThrowAnyException();
            }
        });
    }

    @Test
    void a_client_that_may_choose_listens_where_it_asked_and_nowhere_else() throws Exception {
        assertThat(place.grant("127.0.0.2"))
                .isInstanceOfSatisfying(
                        Listening.Open.class,
                        listening ->
                                assertThat(listening.addresses()).containsExactly("127.0.0.2:" + place.port.number()));
        assertThat(listens()).isFalse();
    }

    @Test
    void an_address_outside_the_grant_is_refused_by_name() throws Exception {
        assertThat(place.grant("127.0.0.9")).isInstanceOfSatisfying(Listening.Refused.class, refused -> {
            assertThat(refused.why().fault()).isEqualTo(Fault.ADDRESS_NOT_GRANTED);
            assertThat(refused.why().sentence()).contains("127.0.0.9", "127.0.0.1, 127.0.0.2");
        });
        assertThat(listens()).isFalse();
    }
}
