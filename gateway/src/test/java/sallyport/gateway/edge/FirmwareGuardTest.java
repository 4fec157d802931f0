package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sallyport.gateway.directory.HostnameRoute;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.LiveUpload;
import sallyport.gateway.fault.Fault;
import sallyport.gateway.fault.Problem;
import sallyport.gateway.time.HandTimers;

/** A stop waits for the uploads that the operator marked (the options {@code firmware-guard}), and nothing else does. */
final class FirmwareGuardTest {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final String LARGE = "Content-Length: " + 100 * MEBIBYTE + "\r\n";
    /** More than 16 KiB a second. */
    private static final byte[] TEN_SECONDS_WORTH = new byte[256 * 1024];

    private final HandTimers timers = new HandTimers();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final RawDevice device;
    private final TestFront front = new TestFront(settings -> settings, timers);

    FirmwareGuardTest() throws IOException {
        device = RawDevice.running(connection -> {
            String head = connection.head();
            if (head.contains("/flash")) {
                connection.in().skipNBytes(2L * MEBIBYTE);
                connection.await(mayAnswer);
            } else if (head.startsWith("POST /up")) {
                connection.in().transferTo(OutputStream.nullOutputStream());
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
    }

    @BeforeEach
    void guard() {
        publish(Map.of("firmware-guard", "on"));
        front.connect(device.address());
    }

    @AfterEach
    void close() throws IOException {
        front.close();
        device.close();
    }

    private void publish(Map<String, String> options) {
        HostnameRoute[] route = {TestFront.route()};
        options.forEach((option, value) -> route[0] = TestFront.with(route[0], option, value));
        front.publish(d -> d, r -> route[0]);
    }

    private static String post(String path, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: dev1.t.test\r\n" + more + "\r\n";
    }

    private LiveUpload live() {
        return front.uploads.list().getFirst();
    }

    /** A visitor whose upload has reached the device. */
    private RawVisitor uploading(String path, String length, byte[] first) throws IOException {
        RawVisitor visitor = front.visitor().send(post(path, length)).send(first);
        await().until(() -> front.uploads.list().size() == 1 && live().bytes() >= first.length);
        return visitor;
    }

    private void sendMore(RawVisitor visitor) throws IOException {
        long before = live().bytes();
        visitor.send(TEN_SECONDS_WORTH);
        await().until(() -> live().bytes() == before + TEN_SECONDS_WORTH.length);
    }

    private Optional<Problem> ended() {
        await().until(() -> !front.events(GatewayEvent.GuardedUploadEnded.class).isEmpty());
        return front.events(GatewayEvent.GuardedUploadEnded.class).getFirst().problem();
    }

    @Test
    void operators_see_who_uploads_what_to_which_device() throws Exception {
        try (RawVisitor visitor = uploading("/up?password=x", LARGE, TEN_SECONDS_WORTH)) {
            timers.advance(Duration.ofSeconds(10));
            LiveUpload upload = live();
            assertThat(upload.what().device()).isEqualTo(TestFront.DEV1);
            assertThat(upload.what().hostname()).isEqualTo(TestFront.NAME);
            assertThat(upload.what().path()).isEqualTo("/up");
            assertThat(upload.what().from().getPort())
                    .isEqualTo(visitor.socket().getLocalPort());
            assertThat(upload.expected()).isEqualTo(OptionalLong.of(100 * MEBIBYTE));
            assertThat(upload.bytes()).isEqualTo(TEN_SECONDS_WORTH.length);
            assertThat(upload.bytesPerSecond()).isEqualTo(TEN_SECONDS_WORTH.length / 10);
            assertThat(upload.guarded()).isTrue();
            assertThat(front.events(GatewayEvent.UploadGuarded.class))
                    .containsExactly(new GatewayEvent.UploadGuarded(upload.what(), upload.expected()));
        }
        assertThat(ended().map(Problem::fault)).contains(Fault.UPLOAD_LEFT);
        assertThat(front.uploads.list()).isEmpty();
    }

    @Test
    void a_stop_waits_until_the_device_has_answered_the_whole_upload() throws Exception {
        publish(Map.of("firmware-guard", "on", "firmware-guard-rate", "1MiB"));
        byte[] all = new byte[2 * MEBIBYTE];
        try (RawVisitor visitor = uploading("/flash", "Content-Length: " + all.length + "\r\n", all)) {
            CompletableFuture<Void> stop = front.uploads.untilGuardedEnded();
            timers.advance(Duration.ofSeconds(50));
            assertThat(stop).isNotDone();
            mayAnswer.countDown();
            assertThat(visitor.answer()).startsWith("HTTP/1.1 200 ");
            assertThat(ended()).isEmpty();
            timers.advance(Duration.ofSeconds(1));
            assertThat(stop).isDone();
        }
    }

    @Test
    void a_stop_waits_for_a_quarter_of_an_hour_at_most() throws Exception {
        try (RawVisitor visitor = uploading("/up", LARGE, TEN_SECONDS_WORTH)) {
            CompletableFuture<Void> stop = front.uploads.untilGuardedEnded();
            for (int seconds = 10; seconds < Uploads.LONGEST.toSeconds(); seconds += 10) {
                timers.advance(Duration.ofSeconds(10));
                sendMore(visitor);
            }
            assertThat(stop).isNotDone();
            timers.advance(Duration.ofSeconds(10));
            assertThat(stop).isDone();
            assertThat(live().guarded()).isTrue();
        }
    }

    @Test
    void a_stop_does_not_wait_for_an_upload_that_has_stalled() throws Exception {
        try (RawVisitor visitor = uploading("/up", LARGE, TEN_SECONDS_WORTH)) {
            CompletableFuture<Void> stop = front.uploads.untilGuardedEnded();
            timers.advance(UploadRate.WINDOW.minusSeconds(1));
            assertThat(stop).isNotDone();
            timers.advance(Duration.ofSeconds(2));
            assertThat(stop).isDone();
            assertThat(visitor.socket().isClosed()).isFalse();
            assertThat(live().guarded()).isFalse();
        }
    }

    @Test
    void the_rate_is_the_operators_choice() throws Exception {
        publish(Map.of("firmware-guard", "on", "firmware-guard-rate", "8KiB"));
        try (RawVisitor visitor = uploading("/up", LARGE, TEN_SECONDS_WORTH)) {
            timers.advance(UploadRate.WINDOW.plusSeconds(1));
            assertThat(live().guarded()).isTrue();
            assertThat(visitor.socket().isClosed()).isFalse();
        }
    }

    @Test
    void a_stop_waits_neither_for_small_uploads_nor_for_other_hostnames() throws Exception {
        try (RawVisitor small = uploading("/up", "Content-Length: 1000000\r\n", new byte[10])) {
            assertThat(front.uploads.untilGuardedEnded()).isDone();
            assertThat(small.socket().isClosed()).isFalse();
        }
        await().until(() -> front.uploads.list().isEmpty());
        publish(Map.of());
        try (RawVisitor unmarked = uploading("/up", LARGE, new byte[10])) {
            assertThat(front.uploads.untilGuardedEnded()).isDone();
            assertThat(unmarked.socket().isClosed()).isFalse();
        }
        assertThat(front.events(GatewayEvent.UploadGuarded.class)).isEmpty();
        assertThat(front.events(GatewayEvent.GuardedUploadEnded.class)).isEmpty();
    }

    @Test
    void a_body_without_a_length_is_guarded_once_it_has_become_as_large_as_the_operator_chose() throws Exception {
        publish(Map.of("firmware-guard", "on", "firmware-guard-size", "64KiB"));
        String chunk = Integer.toHexString(64 * 1024 - 1);
        try (RawVisitor visitor = front.visitor()) {
            visitor.send(post("/up", "Transfer-Encoding: chunked\r\n") + chunk + "\r\n")
                    .send(new byte[64 * 1024 - 1]);
            await().until(() -> front.uploads.list().size() == 1 && live().bytes() == 64 * 1024 - 1);
            assertThat(live().guarded()).isFalse();
            assertThat(live().expected()).isEmpty();
            visitor.send("\r\n1\r\nx\r\n");
            await().until(() -> live().guarded());
            assertThat(front.events(GatewayEvent.UploadGuarded.class)).hasSize(1);
        }
    }

    @Test
    void while_a_stop_waits_everything_goes_on_but_uploads_that_it_would_cut() throws Exception {
        try (RawVisitor visitor = uploading("/up", LARGE, TEN_SECONDS_WORTH)) {
            assertThat(front.uploads.untilGuardedEnded()).isNotDone();
            assertThat(front.exchange("GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(front.exchange(post("/form", "Content-Length: 1\r\nConnection: close\r\n") + "x"))
                    .startsWith("HTTP/1.1 200 ");
            for (String length : new String[] {LARGE, "Transfer-Encoding: chunked\r\n"}) {
                assertThat(front.exchange(post("/up", length)))
                        .startsWith("HTTP/1.1 503 ")
                        .contains("SP-514", "Retry-After: 60");
            }
            sendMore(visitor);
        }
    }

    @Test
    void a_device_that_is_forbidden_is_cut_off_at_once_also_while_a_stop_waits() throws Exception {
        try (RawVisitor visitor = uploading("/up", LARGE, TEN_SECONDS_WORTH)) {
            CompletableFuture<Void> stop = front.uploads.untilGuardedEnded();
            front.publish(TestFront::disabled, r -> r);
            assertThat(ended()).isPresent();
            timers.advance(Duration.ofSeconds(1));
            assertThat(stop).isDone();
            assertThat(visitor.socket().isConnected()).isTrue();
        }
    }

    @Test
    void a_newer_session_of_the_device_takes_its_port_at_once_from_an_upload() throws Exception {
        try (RawVisitor visitor = uploading("/up", LARGE, TEN_SECONDS_WORTH)) {
            front.connect(device.address());
            assertThat(ended().map(Problem::fault)).contains(Fault.UPLOAD_BROKEN);
            assertThat(visitor.answer()).startsWith("HTTP/1.1 502 ").contains("SP-510");
            assertThat(front.events(GatewayEvent.TakenOver.class)).hasSize(1);
        }
    }
}
