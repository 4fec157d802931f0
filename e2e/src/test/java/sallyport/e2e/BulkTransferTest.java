package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Fifo;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Nginx;
import sallyport.testkit.Payload;
import sallyport.testkit.Visitor;

/** Large bodies in both directions through both options, beside visitors who stall, in a gateway with 128 MiB of heap. */
@ExtendWith(SharedGateway.class)
@Isolated
class BulkTransferTest {
    private static final long SIZE = Size.mebibytes(64, 1024);
    /** Through the front, in each direction and by each version of HTTP; made and digested as it passes, on no disk. */
    private static final long STREAMED = Size.mebibytes(64, 10 * 1024);

    private static final int STALLED = Size.of(20, 50);
    private static final long RESIDENT_GROWTH = 64L * 1024 * 1024;
    /** What the process took for its start, and gave back before the measurement. */
    private static final long PEAK_ABOVE = 32L * 1024 * 1024;

    private static final Duration LIMIT = Duration.ofSeconds(Size.of(120, 3600));

    @Test
    @Tag("proof")
    void bodiesArriveWholeAndMemoryStaysFlatWhileOthersStall(Scene scene) throws IOException {
        GatewayProcess gateway = scene.ownGateway(setup -> setup.javaOptions("-Xmx128m"));
        Nginx nginx = scene.use(Nginx.tls("bulk"));
        FakeAppliance sink = scene.use(FakeAppliance.tls("sink"));
        Path file = nginx.documents().resolve("large.bin");
        try (OutputStream out = Files.newOutputStream(file)) {
            Payload.write(out, SIZE);
        }
        String sum = Payload.sha256(SIZE);
        int downPort = scene.newPort();
        int upPort = scene.newPort();
        KeyFile down = scene.enrol("bulk", device -> device.openPort(downPort));
        KeyFile up = scene.enrol("sink", device -> device.openPort(upPort));
        scene.use(scene.ssh(down).forward(downPort, nginx.port()).start());
        scene.use(scene.ssh(up).forward(upPort, sink.port()).start());
        scene.untilAnswered("bulk");
        scene.untilAnswered("sink");
        warmUp(gateway);
        long before = gateway.program().residentBytes();

        for (int i = 0; i < STALLED; i++) {
            Visitor stalled = scene.use(gateway.connect("bulk"));
            stalled.send("GET /large.bin HTTP/1.1\r\nHost: bulk.sallyport.test\r\n\r\n");
        }
        Path copy = scene.folder().resolve("copy.bin");
        String byPort = "https://127.0.0.1:";

        assertThat(download(Curl.url(byPort + downPort + "/large.bin").trustingAnything(), copy))
                .isEqualTo(sum);
        assertThat(upload(Curl.url(byPort + upPort + "/upload").trustingAnything(), file))
                .isEqualTo(sum);
        String streamed = Payload.sha256(STREAMED);
        for (String version : List.of("--http1.1", "--http2")) {
            Fifo pipe = Fifo.in(scene.folder(), "pipe" + version);
            assertThat(downloadStreamed(
                            gateway.visit("sink", "/download?bytes=" + STREAMED).with(version), pipe))
                    .as("down by %s", version)
                    .isEqualTo(streamed);
            assertThat(uploadStreamed(gateway.visit("sink", "/upload").with(version), pipe))
                    .as("up by %s", version)
                    .isEqualTo(streamed);
        }
        assertThat(gateway.program().residentBytes() - before).isLessThan(RESIDENT_GROWTH);
        assertThat(gateway.program().peakResidentBytes() - before).isLessThan(RESIDENT_GROWTH + PEAK_ABOVE);
    }

    private static String downloadStreamed(Curl curl, Fifo pipe) {
        CompletableFuture<String> digest = pipe.digest();
        Curl.Answer answer = curl.with("--no-include", "-o", pipe.path().toString())
                .deadline(LIMIT)
                .run();
        assertThat(answer.exitCode()).as(answer.errors()).isZero();
        return digest.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static String uploadStreamed(Curl curl, Fifo pipe) {
        CompletableFuture<Void> source = pipe.feed(STREAMED);
        Curl.Answer answer =
                curl.with("-T", pipe.path().toString()).deadline(LIMIT).run();
        assertThat(answer.exitCode()).as(answer.errors()).isZero();
        source.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        return answer.body();
    }

    /** Lets the JVM reach its working size, so that growth by traffic is what is measured. */
    private static void warmUp(GatewayProcess gateway) {
        for (int i = 0; i < 3; i++) {
            gateway.visit("bulk", "/large.bin")
                    .with("-o", "/dev/null", "-r", "0-" + (16 * 1024 * 1024))
                    .run();
            gateway.visit("sink", "/download?bytes=" + 16 * 1024 * 1024)
                    .with("-o", "/dev/null")
                    .run();
        }
    }

    private static String download(Curl curl, Path target) {
        Curl.Answer answer = curl.with("--no-include", "-o", target.toString())
                .deadline(LIMIT)
                .run();
        assertThat(answer.exitCode()).as(answer.errors()).isZero();
        return Payload.sha256(target);
    }

    private static String upload(Curl curl, Path source) {
        Curl.Answer answer = curl.with("-T", source.toString()).deadline(LIMIT).run();
        assertThat(answer.exitCode()).as(answer.errors()).isZero();
        return answer.body();
    }
}
