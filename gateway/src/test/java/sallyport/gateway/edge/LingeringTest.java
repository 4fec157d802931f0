package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import sallyport.gateway.time.HandTimers;

/** A visitor that goes on sending after the answer gets the time to read it. */
final class LingeringTest {
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final Duration ALMOST = LINGER.minusMillis(1);

    private final HandTimers timers = new HandTimers(Instant.EPOCH);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    private void pass(Duration time) {
        timers.advance(time);
        channel.runPendingTasks();
    }

    private void hear() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[100]));
    }

    @Test
    void silence_ends_it() {
        Lingering.begin(channel, LINGER, timers);
        pass(ALMOST);
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(channel.isOpen()).isFalse();
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void what_is_still_sent_is_thrown_away_and_keeps_it_open_for_half_a_minute() {
        Lingering.begin(channel, LINGER, timers);
        for (int seconds = 1; seconds < Lingering.LONGEST.toSeconds(); seconds++) {
            pass(Duration.ofSeconds(1));
            hear();
        }
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.inboundMessages()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(channel.isOpen()).isFalse();
    }
}
