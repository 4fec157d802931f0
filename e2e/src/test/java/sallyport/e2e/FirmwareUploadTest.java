package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Payload;
import sallyport.testkit.Visitor;

/** G15: uploads of any size stream to the device, and its answer is delivered however it ends. */
@ExtendWith(SharedGateway.class)
class FirmwareUploadTest {
    private static final long SIZE = 24L * 1024 * 1024;

    private static Path firmware(Scene scene) throws IOException {
        Path file = scene.folder().resolve("firmware.bin");
        try (OutputStream out = Files.newOutputStream(file)) {
            Payload.write(out, SIZE);
        }
        return file;
    }

    @Test
    void arrivesWholeWithAndWithoutALengthAndAfter100Continue(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("firmware"));
        scene.online("firmware", appliance.port());
        String file = firmware(scene).toString();

        Curl.Answer counted = scene.gateway()
                .visit("firmware", "/upload")
                .with("-T", file, "-H", "Expect: 100-continue")
                .run();
        Curl.Answer chunked = scene.gateway()
                .visit("firmware", "/upload")
                .with("-T", file, "-H", "Transfer-Encoding: chunked")
                .run();

        assertThat(counted.body()).isEqualTo(Payload.sha256(SIZE));
        assertThat(chunked.body()).isEqualTo(Payload.sha256(SIZE));
    }

    @Test
    void firstBytesReachTheDeviceWhileTheVisitorIsStillSending(Scene scene) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("first-bytes").on("/take", exchange -> {
            InputStream body = exchange.body();
            if (body.read() >= 0) {
                arrived.countDown();
            }
            exchange.answer(200, "text/plain", "ok");
        }));
        scene.online("first-bytes", appliance.port());

        try (Visitor visitor = scene.gateway().connect("first-bytes")) {
            visitor.send("POST /take HTTP/1.1\r\nHost: first-bytes.sallyport.test\r\nContent-Length: 1000000\r\n\r\nx");
            assertThat(arrived.await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void earlyRefusalOfTheDeviceIsDeliveredAtOnce(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("early-413").on("/small", exchange -> {
            exchange.closeAfterwards();
            exchange.answer(413, "text/plain", "too large for this device");
        }));
        scene.online("early-413", appliance.port());

        try (Visitor visitor = scene.gateway().connect("early-413")) {
            visitor.send(
                    "POST /small HTTP/1.1\r\nHost: early-413.sallyport.test\r\nContent-Length: 250000000\r\n\r\nfirst part");
            Visitor.Head head = visitor.readHead();
            assertThat(head.status()).isEqualTo(413);
            assertThat(visitor.bodyText(head)).isEqualTo("too large for this device");
        }
    }

    @Test
    void uploadThatTheVisitorAbortsEndsTheStreamAtTheDevice(Scene scene) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        AtomicBoolean broken = new AtomicBoolean();
        FakeAppliance appliance = scene.use(FakeAppliance.plain("aborted").on("/take", exchange -> {
            try {
                InputStream body = exchange.body();
                if (body.read() >= 0) {
                    arrived.countDown();
                }
                body.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                broken.set(true);
                throw e;
            }
        }));
        scene.online("aborted", appliance.port());

        try (Visitor visitor = scene.gateway().connect("aborted")) {
            visitor.send("POST /take HTTP/1.1\r\nHost: aborted.sallyport.test\r\nContent-Length: 1000000\r\n\r\npart");
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        }

        await().atMost(Duration.ofSeconds(10)).untilTrue(broken);
    }

    @Test
    void deviceThatRebootsAfterTheLastByteIsAnErrorThatIsNotPresentedAsAnAnswer(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("reboots").on("/flash", exchange -> {
            exchange.body().transferTo(OutputStream.nullOutputStream());
            exchange.connection().reset();
        }));
        scene.online("reboots", appliance.port());

        Curl.Answer answer = scene.gateway()
                .visit("reboots", "/flash")
                .with("-T", firmware(scene).toString())
                .run();

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("SP-5");
    }
}
