package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Fifo;
import sallyport.testkit.GatewayProcess;

/** G15: a restart does not cut off the firmware that a device is taking. */
@ExtendWith(SharedGateway.class)
class FirmwareGuardTest {
    private static final int SIZE = 4 * 1024 * 1024;

    @Test
    void sigtermWaitsForAGuardedUploadAndTheStatusSaysSo(Scene scene) throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch flashed = new CountDownLatch(1);
        GatewayProcess gateway = scene.ownGateway(setup -> setup);
        FakeAppliance appliance = scene.use(FakeAppliance.plain("guarded").on("/flash", exchange -> {
            InputStream body = exchange.body();
            body.skipNBytes(SIZE / 2);
            half.countDown();
            pause(flashed);
            body.transferTo(OutputStream.nullOutputStream());
            exchange.answer(200, "text/plain", "flashed");
        }));
        scene.online("guarded", appliance.port());
        assertThat(scene.command("hostname", "set", "guarded.sallyport.test", "--firmware-guard", "on")
                        .exitCode())
                .isZero();
        Fifo firmware = Fifo.in(scene.folder(), "firmware");
        CompletableFuture<Void> source = firmware.feed(SIZE);
        Curl curl =
                gateway.visit("guarded", "/flash").with("-T", firmware.path().toString());
        CompletableFuture<Curl.Answer> upload = CompletableFuture.supplyAsync(curl::run);
        assertThat(half.await(30, TimeUnit.SECONDS)).isTrue();

        gateway.program().signal("TERM");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> gateway.api().status().contains("SP-610"));
        assertThat(scene.command("status").stdout())
                .containsPattern("guarded \\(guarded.sallyport.test\\) +/flash +127.0.0.1:\\d+ .* yes");
        flashed.countDown();

        assertThat(upload.get(30, TimeUnit.SECONDS).body()).isEqualTo("flashed");
        source.get(10, TimeUnit.SECONDS);
        assertThat(gateway.program().finish(Duration.ofSeconds(30)).exitCode()).isZero();
    }

    private static void pause(CountDownLatch until) throws IOException {
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
