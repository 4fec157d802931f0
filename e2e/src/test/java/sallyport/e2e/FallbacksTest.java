package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.KeyFile;
import sallyport.testkit.Payload;
import sallyport.testkit.Visitor;
import sallyport.testkit.WebSocketFrames;

/** The main job where neither epoll nor BoringSSL loads: NIO sockets and the JDK's TLS, both at once. */
@ExtendWith(SharedGateway.class)
class FallbacksTest {
    private static final String FALLBACKS =
            "-Xmx128m -Dio.netty.transport.noNative=true -Dio.netty.handler.ssl.noOpenSsl=true";
    private static final int SIZE = 64 * 1024 * 1024;
    private static final long RESIDENT_GROWTH = 96L * 1024 * 1024;

    @Test
    void mainJobIsDoneWithNioAndTheTlsOfTheJdk(Scene scene) throws IOException {
        GatewayProcess gateway = scene.ownGateway(setup -> setup.javaOptions(FALLBACKS));
        gateway.program().awaitLine("Sockets by NIO, TLS by JDK", Scene.SOON);
        FakeAppliance appliance = scene.use(FakeAppliance.tls("fallback"));
        ServerSocket raw = scene.use(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        int webPort = scene.newPort();
        int rawPort = scene.newPort();
        KeyFile key = scene.enrol("fallback", device -> device.openPort(webPort).openPort(rawPort));
        scene.use(scene.ssh(key)
                .forward(webPort, appliance.port())
                .forward(rawPort, raw.getLocalPort())
                .start());
        scene.untilAnswered("fallback");

        webSocketEchoes(gateway);
        cutAnswerIsAnError(gateway);
        halfCloseAndResetPass(raw, rawPort);
        bytesArriveWholeBesideAStalledVisitor(scene, gateway, webPort);
    }

    private static void webSocketEchoes(GatewayProcess gateway) throws IOException {
        try (Visitor visitor = gateway.connect("fallback")) {
            WebSocketFrames frames = visitor.webSocket("fallback.sallyport.test", "/socket");
            frames.text("echo");
            assertThat(frames.read().text()).isEqualTo("echo");
        }
    }

    private static void cutAnswerIsAnError(GatewayProcess gateway) {
        assertThat(gateway.visit("fallback", "/reset?after=100000").run().exitCode())
                .isNotZero();
    }

    private static void halfCloseAndResetPass(ServerSocket raw, int port) throws IOException {
        try (Visitor visitor = Visitor.tcp(port)) {
            visitor.send("question");
            visitor.shutdownOutput();
            try (Socket device = accept(raw, 'q')) {
                assertThat(device.getInputStream().readAllBytes()).asString().isEqualTo("uestion");
                device.getOutputStream().write("answer after the end".getBytes(StandardCharsets.UTF_8));
                device.shutdownOutput();
                assertThat(visitor.in().readAllBytes()).asString().isEqualTo("answer after the end");
            }
        }
        Socket visitor = new Socket(InetAddress.getLoopbackAddress(), port);
        visitor.getOutputStream().write('x');
        try (Socket device = accept(raw, 'x')) {
            visitor.setSoLinger(true, 0);
            visitor.close();
            await().atMost(Scene.SOON).until(() -> cannotBeAnswered(device));
        }
    }

    /** After an end of file the device could still answer; after a reset it cannot. */
    private static boolean cannotBeAnswered(Socket device) {
        try {
            device.getOutputStream().write(0);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** The connection that begins with this byte; others are the gateway's, which looks what the port speaks. */
    private static Socket accept(ServerSocket raw, int first) throws IOException {
        while (true) {
            Socket device = raw.accept();
            if (device.getInputStream().read() == first) {
                return device;
            }
            device.close();
        }
    }

    private static void bytesArriveWholeBesideAStalledVisitor(Scene scene, GatewayProcess gateway, int port)
            throws IOException {
        String sum = Payload.sha256(SIZE);
        Path copy = scene.folder().resolve("copy.bin");
        download(gateway.visit("fallback", "/download?bytes=" + SIZE), copy);
        long before = gateway.program().residentBytes();
        for (int i = 0; i < 10; i++) {
            scene.use(gateway.connect("fallback"))
                    .send("GET /download?bytes=1000000000 HTTP/1.1\r\nHost: fallback.sallyport.test\r\n\r\n");
        }
        Curl byPort = Curl.url("https://127.0.0.1:" + port + "/download?bytes=" + SIZE)
                .trustingAnything();
        assertThat(download(byPort, copy)).isEqualTo(sum);
        assertThat(download(gateway.visit("fallback", "/download?bytes=" + SIZE), copy))
                .isEqualTo(sum);
        assertThat(upload(Curl.url("https://127.0.0.1:" + port + "/upload").trustingAnything(), copy))
                .isEqualTo(sum);
        assertThat(upload(gateway.visit("fallback", "/upload"), copy)).isEqualTo(sum);
        assertThat(gateway.program().residentBytes() - before).isLessThan(RESIDENT_GROWTH);
    }

    private static String download(Curl curl, Path target) {
        Curl.Answer answer = curl.with("--no-include", "-o", target.toString()).run();
        assertThat(answer.exitCode()).as(answer.errors()).isZero();
        return Payload.sha256(target);
    }

    private static String upload(Curl curl, Path source) {
        Curl.Answer answer = curl.with("-T", source.toString()).run();
        assertThat(answer.exitCode()).as(answer.errors()).isZero();
        return answer.body();
    }
}
