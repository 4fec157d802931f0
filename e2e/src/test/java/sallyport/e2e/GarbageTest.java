package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Payload;
import sallyport.testkit.Visitor;

/** What is no SSH, no TLS and no HTTP is closed at a deadline, leaves nothing behind and one line in the log. */
@ExtendWith(SharedGateway.class)
class GarbageTest {
    private static final Duration LOGIN_DEADLINE = Duration.ofSeconds(125);
    private static final Duration HELLO_DEADLINE = Duration.ofSeconds(35);

    /** Reads until the other side closes; an open connection at the deadline is a failure. */
    private static void assertClosedWithin(Visitor visitor, Duration deadline) throws IOException {
        visitor.readDeadline(deadline);
        try {
            while (visitor.in().read() >= 0) {
                // what it says before it closes
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open after " + deadline, e);
        } catch (SocketException e) {
            // reset: closed too
        }
    }

    private static void sendQuietly(Visitor visitor, byte[] bytes) throws IOException {
        try {
            visitor.send(bytes);
        } catch (SocketException e) {
            // closed before everything was sent
        }
    }

    private static GatewayProcess quiet(Scene scene) {
        return scene.ownGateway(setup -> setup);
    }

    private static void assertNothingLeft(GatewayProcess gateway, long filesBefore) {
        await().atMost(Scene.SOON).until(() -> gateway.program().openFiles() <= filesBefore);
    }

    private static long lines(GatewayProcess gateway) {
        return gateway.program().stderr().lines().count();
    }

    @Test
    void rawGarbageOnTheSshPort(Scene scene) throws IOException {
        GatewayProcess gateway = quiet(scene);
        warm(gateway);
        long files = gateway.program().openFiles();
        long lines = lines(gateway);
        try (Visitor visitor = Visitor.tcp(gateway.ports().ssh())) {
            sendQuietly(visitor, Payload.stream(100_000).readAllBytes());
            assertClosedWithin(visitor, LOGIN_DEADLINE);
        }
        assertNothingLeft(gateway, files);
        await().atMost(Scene.SOON).until(() -> lines(gateway) == lines + 1);
        assertThat(gateway.program().stderr().lines().reduce("", (a, b) -> b)).contains("SP-110");
    }

    @Test
    void sshBannerThatNeverEnds(Scene scene) throws IOException {
        GatewayProcess gateway = quiet(scene);
        warm(gateway);
        long files = gateway.program().openFiles();
        try (Visitor visitor = Visitor.tcp(gateway.ports().ssh())) {
            sendQuietly(visitor, ("SSH-2.0-" + "x".repeat(200_000)).getBytes(StandardCharsets.US_ASCII));
            assertClosedWithin(visitor, LOGIN_DEADLINE);
        }
        assertNothingLeft(gateway, files);
    }

    @Test
    void halfOfAClientHello(Scene scene) throws IOException {
        GatewayProcess gateway = quiet(scene);
        warm(gateway);
        long files = gateway.program().openFiles();
        long lines = lines(gateway);
        try (Visitor visitor = Visitor.tcp(gateway.ports().https())) {
            visitor.send(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3, 1, 2, 3});
            assertClosedWithin(visitor, HELLO_DEADLINE);
        }
        assertNothingLeft(gateway, files);
        await().atMost(Scene.SOON).until(() -> lines(gateway) == lines + 1);
    }

    @Test
    void plainHttpOnTheTlsPort(Scene scene) throws IOException {
        GatewayProcess gateway = quiet(scene);
        warm(gateway);
        long files = gateway.program().openFiles();
        long lines = lines(gateway);
        try (Visitor visitor = Visitor.tcp(gateway.ports().https())) {
            visitor.send("GET / HTTP/1.1\r\nHost: x.sallyport.test\r\n\r\n");
            assertClosedWithin(visitor, HELLO_DEADLINE);
        }
        assertNothingLeft(gateway, files);
        await().atMost(Scene.SOON).until(() -> lines(gateway) == lines + 1);
    }

    /** One connection of each kind, so that what is loaded lazily is loaded before files are counted. */
    private static void warm(GatewayProcess gateway) throws IOException {
        try (Visitor ssh = Visitor.tcp(gateway.ports().ssh());
                Visitor tls = Visitor.tcp(gateway.ports().https())) {
            ssh.send("SSH-2.0-warm\r\n");
            tls.send("x");
        }
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    }
}
