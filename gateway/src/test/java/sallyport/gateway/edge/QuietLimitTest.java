package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.time.HandTimers;

/** The option {@code websocket-idle} (case G16). */
final class QuietLimitTest {
    private final HandTimers timers = new HandTimers(Instant.EPOCH);
    private final EmbeddedChannel visitor = new EmbeddedChannel();
    private final Exchange exchange =
            new Exchange(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/live"), 0);

    @Test
    void without_the_option_there_is_no_limit() {
        exchange.names = new SpokenNames(TestFront.route(), "dev1.t.test", "http");
        QuietLimit.watch(exchange, visitor, timers);
        assertThat(visitor.pipeline().get(QuietLimit.class)).isNull();
    }

    @Test
    void bytes_of_either_side_put_the_end_off_and_silence_brings_it() {
        watch("1h");
        pass(Duration.ofMinutes(50));
        visitor.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        pass(Duration.ofMinutes(50));
        visitor.writeOutbound(Unpooled.wrappedBuffer(new byte[1]));
        pass(Duration.ofMinutes(59));
        assertThat(visitor.isOpen()).isTrue();

        pass(Duration.ofMinutes(2));
        assertThat(visitor.isOpen()).isFalse();
        assertThat(exchange.problem).isNotNull();
        assertThat(exchange.problem.fault()).isEqualTo(Fault.WEBSOCKET_QUIET);
    }

    private void watch(String limit) {
        exchange.names =
                new SpokenNames(TestFront.with(TestFront.route(), "websocket-idle", limit), "dev1.t.test", "http");
        QuietLimit.watch(exchange, visitor, timers);
    }

    private void pass(Duration time) {
        timers.advance(time);
        visitor.runPendingTasks();
    }
}
