package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Payload;
import sallyport.testkit.Program;
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

    /** Bytes in regular files that a program holds open, also in those that have no name any more. */
    private static long inOpenFiles(Program program) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> open =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(program.pid()), "fd"))) {
            for (Path each : open) {
                bytes += size(each);
            }
        }
        return bytes;
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException closedMeanwhile) {
            return 0;
        }
    }

    @Test
    void nothingOfAnUploadIsKeptInAFile(Scene scene) throws Exception {
        CountDownLatch mostArrived = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("no-file").on("/take", exchange -> {
            InputStream body = exchange.body();
            body.skipNBytes(SIZE * 3 / 4);
            mostArrived.countDown();
            try {
                looked.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            body.transferTo(OutputStream.nullOutputStream());
            exchange.answer(200, "text/plain", "ok");
        }));
        scene.online("no-file", appliance.port());
        Program gateway = scene.gateway().program();
        long before = inOpenFiles(gateway);

        String file = firmware(scene).toString();
        CompletableFuture<Curl.Answer> upload = CompletableFuture.supplyAsync(
                () -> scene.gateway().visit("no-file", "/take").with("-T", file).run());
        assertThat(mostArrived.await(30, TimeUnit.SECONDS)).isTrue();
        long during = inOpenFiles(gateway);
        looked.countDown();

        assertThat(upload.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(during - before).isLessThan(SIZE / 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void limitOfTheHostnameIsToldAlsoToWhoIsStillSending(String version, Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("limited").on("/take", exchange -> {
            exchange.body().transferTo(OutputStream.nullOutputStream());
            exchange.answer(200, "text/plain", "ok");
        }));
        scene.online("limited", appliance.port());
        assertThat(scene.command("hostname", "set", "limited.sallyport.test", "--max-body", "1M")
                        .exitCode())
                .isZero();
        String file = firmware(scene).toString();

        for (String chunked : List.of("X-Length: known", "Transfer-Encoding: chunked")) {
            Curl.Answer answer = scene.gateway()
                    .visit("limited", "/take")
                    .with(version, "-T", file, "-H", "Expect:", "-H", chunked)
                    .run();
            assertThat(answer.status()).as(answer.errors()).isEqualTo(413);
            assertThat(answer.body()).contains("SP-460", "larger than the 1MiB that limited.sallyport.test takes");
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
        assertThat(answer.body()).contains("SP-511", SIZE + " bytes");
    }
}
