package sallyport.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.config.DataLayout;
import sallyport.gateway.fault.ProblemException;

/** Who gets in, over TCP and over the Unix socket. */
final class AccessTest {
    @TempDir
    Path data;

    @Test
    void the_api_wants_the_administrator_token() {
        try (ConsoleFixture fixture = new ConsoleFixture(data)) {
            HttpResponse<String> without =
                    fixture.send(fixture.request("/api/v1/devices").build());
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"Sallyport\"");
            assertThat(without.body()).contains("\"code\":\"SP-319\"");
            HttpResponse<String> wrong = fixture.send(fixture.request("/api/v1/devices")
                    .header("Authorization", "Bearer " + ConsoleFixture.TOKEN + "x")
                    .build());
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(fixture.get("/api/v1/devices").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void browsers_may_read_the_status_page_with_basic_but_never_the_api() {
        try (ConsoleFixture fixture = new ConsoleFixture(data)) {
            String basic = "Basic "
                    + Base64.getEncoder()
                            .encodeToString(("anyone:" + ConsoleFixture.TOKEN).getBytes(StandardCharsets.UTF_8));
            assertThat(fixture.send(fixture.request("/status")
                                    .header("Authorization", basic)
                                    .build())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(fixture.send(fixture.request("/api/v1/devices")
                                    .header("Authorization", basic)
                                    .build())
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_request_for_a_foreign_host_name_is_refused_before_anything_else() throws IOException {
        try (ConsoleFixture fixture = new ConsoleFixture(data)) {
            assertThat(raw(fixture, "attacker.example")).startsWith("HTTP/1.1 421 ");
            assertThat(raw(fixture, "127.0.0.1.attacker.example")).startsWith("HTTP/1.1 421 ");
            assertThat(raw(fixture, "192.0.2.1")).startsWith("HTTP/1.1 421 ");
            assertThat(raw(fixture, "localhost:" + fixture.port())).startsWith("HTTP/1.1 200 ");
            assertThat(raw(fixture, "127.0.0.1:" + fixture.port())).startsWith("HTTP/1.1 200 ");
            assertThat(raw(fixture, "[::1]:" + fixture.port())).startsWith("HTTP/1.1 200 ");
            assertThat(raw(fixture, "Console.MM.test")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void every_answer_carries_the_security_headers_and_none_allows_other_origins() {
        try (ConsoleFixture fixture = new ConsoleFixture(data)) {
            HttpResponse<String> answer = fixture.send(fixture.request("/")
                    .header("Origin", "https://attacker.example")
                    .build());
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(answer.headers().firstValue("Server")).isEmpty();
        }
    }

    @Test
    void garbage_is_answered_with_a_problem_and_without_internals() throws IOException {
        try (ConsoleFixture fixture = new ConsoleFixture(data);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("SP-400").doesNotContain("jetty", "Exception");
        }
    }

    @Test
    void the_unix_socket_belongs_to_the_owner_and_needs_no_token() throws IOException {
        try (ConsoleFixture fixture = new ConsoleFixture(data)) {
            Path socket = new DataLayout(data).adminSocket();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(overSocket(socket)).startsWith("HTTP/1.1 200 ");
            assertThat(fixture.port()).isPositive();
        }
        assertThat(new DataLayout(data).adminSocket()).doesNotExist();
    }

    @Test
    void a_data_folder_with_a_path_too_long_for_a_socket_works_all_the_same() throws IOException {
        Path deep = data.resolve("a".repeat(80)).resolve("b".repeat(80));
        Files.createDirectories(deep);
        try (ConsoleFixture fixture = new ConsoleFixture(deep);
                AdminSocket socket = AdminSocket.in(deep)) {
            assertThat(overSocket(socket.address())).startsWith("HTTP/1.1 200 ");
            assertThat(socket.path()).exists();
            assertThat(fixture.port()).isPositive();
        }
        assertThat(new DataLayout(deep).adminSocket()).doesNotExist();
    }

    @Test
    void what_a_killed_gateway_left_behind_is_replaced() throws IOException {
        Path socket = new DataLayout(data).adminSocket();
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (ConsoleFixture fixture = new ConsoleFixture(data)) {
            assertThat(overSocket(socket)).startsWith("HTTP/1.1 200 ");
            assertThat(fixture.port()).isPositive();
        }
    }

    @Test
    void a_taken_port_is_named_with_a_way_out() {
        try (ConsoleFixture first = new ConsoleFixture(data)) {
            Path other = data.resolve("other");
            assertThatThrownBy(() -> {
                        Files.createDirectories(other);
                        new ConsoleFixture(ConsoleFixture.config(other, first.port()));
                    })
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("SP-604")
                    .hasMessageContaining("127.0.0.1:" + first.port())
                    .hasMessageContaining("console.listen");
        }
    }

    private static String raw(ConsoleFixture fixture, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String overSocket(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap("GET /api/v1/devices HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(16 * 1024);
            while (channel.read(answer) >= 0) {
                // until the gateway closes
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }
}
