package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.Cidr;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.SystemTimers;
import sallyport.gateway.tunnel.MemoryStream;
import sallyport.gateway.tunnel.OpenPorts.Listening;

/** Visitors at open ports, over real sockets; the device's end is in memory. */
final class OpenPortListenersTest {
    private final SystemTimers timers = new SystemTimers();
    private final OpenPortFixture place = new OpenPortFixture(timers, BindChoice.GRANT, List.of("127.0.0.1"));

    @AfterEach
    void stop() {
        place.close();
        timers.close();
    }

    @Test
    void bytes_and_ends_of_file_go_both_ways() throws Exception {
        assertThat(place.grant("")).isInstanceOf(Listening.Open.class);
        try (Socket visitor = place.connect()) {
            byte[] request = new byte[300_000];
            visitor.getOutputStream().write(request);
            visitor.shutdownOutput();
            MemoryStream device = place.tunnel.next();
            await().until(device::eof);
            assertThat(device.arrived()).isEqualTo(request);
            device.say("an answer after the end of the question".getBytes(StandardCharsets.UTF_8));
            device.sayEof();
            assertThat(visitor.getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo("an answer after the end of the question");
            await().until(() -> device.released() == 1);
        }
    }

    @Test
    void a_device_that_breaks_off_resets_the_visitor() throws Exception {
        place.grant("");
        try (Socket visitor = place.connect()) {
            visitor.getOutputStream().write(1);
            MemoryStream device = place.tunnel.next();
            await().until(() -> device.arrivedBytes() == 1);
            device.sayClose();
            assertThatThrownBy(() -> visitor.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void a_visitor_who_resets_resets_the_stream() throws Exception {
        place.grant("");
        Socket visitor = place.connect();
        visitor.getOutputStream().write(1);
        MemoryStream device = place.tunnel.next();
        await().until(() -> device.arrivedBytes() == 1);
        visitor.setSoLinger(true, 0);
        visitor.close();
        await().until(() -> device.released() == 1);
        assertThat(device.eof()).isFalse();
    }

    @Test
    void a_narrowed_address_list_ends_connections_and_refuses_new_ones() throws Exception {
        place.grant("");
        try (Socket visitor = place.connect()) {
            visitor.getOutputStream().write(1);
            place.tunnel.next();
            place.visitedFrom(List.of(Cidr.parse("192.0.2.0/24"))).get(1, TimeUnit.SECONDS);
            assertThatThrownBy(() -> visitor.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        try (Socket stranger = place.connect()) {
            assertThat(stranger.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_connection_between_two_tunnels_waits_with_what_it_said() throws Exception {
        place.grant("");
        place.tunnels.ended(place.tunnel);
        try (Socket visitor = place.connect()) {
            visitor.getOutputStream().write(new byte[5000]);
            visitor.shutdownOutput();
            place.grant("");
            MemoryStream device = place.tunnel.next();
            await().until(device::eof);
            assertThat(device.arrivedBytes()).isEqualTo(5000);
        }
    }

    @Test
    void a_port_in_use_is_waited_for() throws Exception {
        try (ServerSocket holder = new ServerSocket()) {
            holder.bind(place.address());
            assertThat(place.grant(""))
                    .isInstanceOfSatisfying(
                            Listening.Waiting.class,
                            waiting -> assertThat(waiting.why().fault()).isEqualTo(Fault.PORT_WAITING));
        }
        await().until(() ->
                place.tunnels.find(place.port.number()).orElseThrow().listening() instanceof Listening.Open);
        place.connect().close();
    }
}
