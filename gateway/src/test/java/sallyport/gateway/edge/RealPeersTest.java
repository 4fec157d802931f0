package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.cert.ServerCertificate;
import sallyport.gateway.event.GatewayEvent.Speech;

/** curl in front, Debian's nginx with TLS behind: downloads, uploads and keep-alive, compared byte by byte. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RealPeersTest {
    private static final int SIZE = 32 * 1024 * 1024;

    @TempDir
    private static Path folder;

    private TestFront front = new TestFront();
    private List<Process> processes = new ArrayList<>();

    @BeforeAll
    void startNginx() throws Exception {
        assumeThat(Path.of("/usr/sbin/nginx")).exists();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ServerCertificate certificate = TestCertificates.selfSigned("device");
        pem("device.pem", "CERTIFICATE", certificate.chain().getFirst().getEncoded());
        pem("device.key", "PRIVATE KEY", certificate.key().getEncoded());
        byte[] big = new byte[SIZE];
        new Random(1).nextBytes(big);
        Files.write(Files.createDirectories(folder.resolve("www")).resolve("big.bin"), big);
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/error.log;
                events {}
                http {
                  access_log off; client_max_body_size 0; client_body_temp_path %1$s; keepalive_requests 1000;
                  server {
                    listen 127.0.0.1:%2$d ssl;
                    ssl_certificate %1$s/device.pem; ssl_certificate_key %1$s/device.key;
                    root %1$s/www;
                    location /put/ { dav_methods PUT; create_full_put_path on; }
                    location /say { return 200 "$request_uri $http_host $http_x_forwarded_for"; }
                  }
                }
                """.formatted(folder, port));
        processes.add(new ProcessBuilder("/usr/sbin/nginx", "-c", folder + "/nginx.conf", "-e", folder + "/error.log")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start());
        InetSocketAddress nginx = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Awaitility.await().ignoreException(IOException.class).until(() -> {
            new Socket(nginx.getAddress(), port).close();
            return true;
        });
        front.publish(d -> d, r -> r);
        front.connect(nginx);
        front.speech.known.put(TestFront.PORT, Speech.TLS);
    }

    @AfterAll
    void stop() {
        processes.forEach(Process::destroy);
        front.close();
    }

    private static void pem(String file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    private String curl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "-k",
                "--max-time",
                "60",
                "--resolve",
                "dev1.t.test:" + front.address.getPort() + ":127.0.0.1"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    private String url(String path) {
        return "https://dev1.t.test:" + front.address.getPort() + path;
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[65536];
            for (int n = in.read(block); n > 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void a_download_is_the_same_on_both_sides(String version) throws Exception {
        curl(version, "-o", folder + "/down.bin", url("/big.bin"));
        assertThat(sha256(folder.resolve("down.bin"))).isEqualTo(sha256(folder.resolve("www/big.bin")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void an_upload_with_length_and_one_in_chunks_are_the_same_on_both_sides(String version) throws Exception {
        String file = folder + "/www/big.bin";
        curl(version, "-T", file, "-H", "Expect: 100-continue", url("/put/length.bin"));
        curl(
                version,
                "-X",
                "PUT",
                "--data-binary",
                "@" + file,
                "-H",
                "Transfer-Encoding: chunked",
                url("/put/chunked.bin"));
        assertThat(sha256(folder.resolve("www/put/length.bin"))).isEqualTo(sha256(Path.of(file)));
        assertThat(sha256(folder.resolve("www/put/chunked.bin"))).isEqualTo(sha256(Path.of(file)));
    }

    @Test
    void many_requests_go_over_one_connection() throws Exception {
        String[] urls = new String[50];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = url("/say?" + i);
        }
        String out = curl(urls);
        assertThat(out).startsWith("/say?0 dev1.t.test:").contains("/say?49 dev1.t.test:");
        String verbose = curl("-v", url("/say"), url("/say"));
        assertThat(verbose).containsAnyOf("Re-using existing connection", "Reusing existing connection");
    }

    @Test
    void curl_sees_the_version_that_it_asks_for_and_tls_1_3() throws Exception {
        assertThat(curl("--http1.1", "-v", url("/say"))).contains("SSL connection using TLSv1.3", "HTTP/1.1 200 OK");
        assertThat(curl("--http2", "-v", url("/say"))).contains("SSL connection using TLSv1.3", "HTTP/2 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void a_range_and_a_head_are_answered_by_nginx_itself(String version) throws Exception {
        assertThat(curl(version, "-I", url("/big.bin")))
                .containsIgnoringCase("Server: nginx")
                .containsIgnoringCase("Content-Length: " + SIZE);
        assertThat(curl(version, "-i", "-r", "0-3", "-o", "-", "-D", "-", url("/big.bin")))
                .containsPattern("HTTP/[12.]+ 206");
    }
}
