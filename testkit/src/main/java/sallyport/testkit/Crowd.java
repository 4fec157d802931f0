package sallyport.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;

/**
 * Strangers who knock at the SSH port at a steady rate, each from a loopback address of its own. They run as a process beside
 * the test, at the lowest priority: attackers bring machines of their own, so what they compute must not be taken from
 * the cores on which the gateway is measured.
 */
public final class Crowd implements AutoCloseable {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);

    private final Program program;

    private Crowd(Program program) {
        this.program = program;
    }

    /**
     * What became of them.
     *
     * @param knocked connections that were tried
     * @param answered how many of them got the key exchange that they asked for
     */
    public record Outcome(int knocked, int answered) {}

    /** Starts knocking; returns when the first stranger is on its way. */
    public static Crowd start(int sshPort, int perSecond, Duration howLong) {
        Program program = Program.startAside(
                Crowd.class,
                "256m",
                List.of(Integer.toString(sshPort), Integer.toString(perSecond), Long.toString(howLong.toMillis())));
        program.awaitLine("^knocking$", LAST_ANSWERS);
        return new Crowd(program);
    }

    public boolean knocking() {
        return program.alive() && !program.said("^over$");
    }

    /** Waits for the end and tells what became of them. */
    public Outcome outcome() {
        Matcher said = program.awaitLine("^knocked (\\d+) answered (\\d+)$", LAST_ANSWERS);
        return new Outcome(Integer.parseInt(said.group(1)), Integer.parseInt(said.group(2)));
    }

    @Override
    public void close() {
        program.close();
    }

    /** The process: port, strangers a second, milliseconds. */
    public static void main(String[] words) throws InterruptedException {
        int port = Integer.parseInt(words[0]);
        long pause = 1_000_000_000L / Integer.parseInt(words[1]);
        long end = System.nanoTime() + Long.parseLong(words[2]) * 1_000_000L;
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger under = new AtomicInteger();
        int knocked = 0;
        System.out.println("knocking");
        for (long next = System.nanoTime(); next < end; next += pause) {
            LockSupport.parkNanos(next - System.nanoTime());
            knocked++;
            under.incrementAndGet();
            Thread.ofVirtual().start(() -> {
                try {
                    Stranger.knock(port, somewhere());
                    answered.incrementAndGet();
                } catch (IOException e) {
                    // turned away or kept waiting: strangers have no claim to an answer
                } finally {
                    under.decrementAndGet();
                }
            });
        }
        System.out.println("over");
        while (under.get() > 0) {
            Thread.sleep(Duration.ofMillis(50));
        }
        System.out.println("knocked " + knocked + " answered " + answered.get());
    }

    private static InetAddress somewhere() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] address = {127, 66, (byte) random.nextInt(256), (byte) random.nextInt(1, 255)};
        return InetAddress.getByAddress(address);
    }
}
