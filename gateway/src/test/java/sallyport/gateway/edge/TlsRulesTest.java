package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.event.GatewayEvent;

/** What the front's TLS never does, seen with OpenSSL (RFC 8446). */
final class TlsRulesTest {
    @BeforeAll
    static void openssl() {
        assumeThat(Path.of("/usr/bin/openssl")).exists();
    }

    private static String client(TestFront front, String... more) throws IOException {
        return clientSaying("", front, more);
    }

    private static String clientSaying(String words, TestFront front, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + front.address.getPort(),
                "-servername",
                "dev1.t.test"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(words.getBytes(StandardCharsets.US_ASCII));
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void no_session_is_resumed_so_none_is_good_for_another_name(String version) throws IOException {
        try (TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            assertThat(client(front, version, "-reconnect"))
                    .contains("New, TLSv1.")
                    .doesNotContain("Reused,", "TLS session ticket:", "New Session Ticket arrived");
        }
    }

    @Test
    void tls_before_1_2_is_refused() throws IOException {
        try (TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            assertThat(client(front, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"))
                    .contains("alert protocol version");
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_3, X25519, X25519", "-tls1_2, P-256, P-256"})
    void the_key_exchange_of_every_handshake_is_told(String version, String offered, String group) throws IOException {
        try (TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            client(front, version, "-groups", offered);
            await().until(() -> !front.events(GatewayEvent.VisitorSecured.class).isEmpty());
            assertThat(front.events(GatewayEvent.VisitorSecured.class))
                    .extracting(GatewayEvent.VisitorSecured::group)
                    .containsExactly(group);
        }
    }

    @Test
    void nothing_is_negotiated_anew() throws IOException {
        try (TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            assertThat(clientSaying("R\n", front, "-tls1_2"))
                    .contains("RENEGOTIATING")
                    .containsIgnoringCase("no renegotiation");
        }
    }

    @Test
    void nothing_is_compressed() throws IOException {
        try (TestFront front = new TestFront()) {
            front.publish(d -> d, r -> r);
            assertThat(client(front, "-tls1_2", "-comp")).contains("Compression: NONE");
        }
    }
}
