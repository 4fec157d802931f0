package sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import sallyport.gateway.time.HandTimers;

class KeepaliveTest {
    private final HandTimers timers = new HandTimers();
    private final Deque<Runnable> questions = new ArrayDeque<>();
    private int dead;
    private final Keepalive keepalive = new Keepalive(
            new Keepalive.Watched() {
                @Override
                public void ask(Runnable answered) {
                    questions.add(answered);
                }

                @Override
                public void dead() {
                    dead++;
                    keepalive().stop();
                }

                @Override
                public void round() {}
            },
            Runnable::run,
            timers);

    private Keepalive keepalive() {
        return keepalive;
    }

    @Test
    void aSilentDeviceIsDeadWithin45SecondsWheneverItFellSilent() {
        keepalive.start();
        for (int answered = 0; answered < 20; answered++) {
            timers.advance(Duration.ofMillis(14_900));
            keepalive.alive();
        }
        timers.advance(Duration.ofSeconds(43));
        assertThat(dead).isZero();
        timers.advance(Duration.ofSeconds(2));
        assertThat(dead).isOne();
    }

    @Test
    void anyPacketIsASignOfLife() {
        keepalive.start();
        for (int i = 0; i < 60; i++) {
            timers.advance(Duration.ofSeconds(10));
            keepalive.alive();
        }
        assertThat(dead).isZero();
        assertThat(keepalive.missed()).isZero();
    }

    @Test
    void itAsksEvery15SecondsAndMeasuresTheAnswer() {
        keepalive.start();
        timers.advance(Duration.ofSeconds(15));
        assertThat(questions).hasSize(1);
        timers.advance(Duration.ofMillis(120));
        keepalive.alive();
        questions.remove().run();
        assertThat(keepalive.roundTripMillis()).isEqualTo(120);
        timers.advance(Duration.ofSeconds(15));
        assertThat(questions).hasSize(1);
    }

    @Test
    void questionsWithoutASignOfLifeAreMissed() {
        keepalive.start();
        timers.advance(Duration.ofSeconds(31));
        assertThat(keepalive.missed()).isEqualTo(2);
        keepalive.alive();
        assertThat(keepalive.missed()).isZero();
    }

    @Test
    void aClientThatSendsAndNeverAnswersIsAskedNoMoreAfterAWhile() {
        keepalive.start();
        for (int i = 0; i < 100; i++) {
            timers.advance(Duration.ofSeconds(15));
            keepalive.alive();
        }
        assertThat(questions).hasSizeLessThan(10);
        assertThat(dead).isZero();
    }
}
