package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sallyport.gateway.cert.ChallengeAnswers;
import sallyport.gateway.cert.ServerCertificate;
import sallyport.gateway.directory.Hostname;

/** Certificate authorities that look at challenges, and everybody else who looks at the same places. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChallengeFrontTest {
    private static final ServerCertificate ANSWER = TestCertificates.selfSigned("dev1.t.test");

    private TestFront front = new TestFront();

    @BeforeAll
    void start() {
        front.publish(d -> d, r -> r);
    }

    @AfterAll
    void close() {
        front.close();
    }

    @BeforeEach
    void showChallenges() {
        front.shown = new ChallengeAnswers() {
            @Override
            public Optional<String> findHttp(Hostname name, String token) {
                return name.equals(TestFront.NAME) && token.equals("tok") ? Optional.of("tok.thumb") : Optional.empty();
            }

            @Override
            public Optional<ServerCertificate> findTls(Hostname name) {
                return name.equals(TestFront.NAME) ? Optional.of(ANSWER) : Optional.empty();
            }
        };
    }

    private String ask(String method, String host, String token) throws IOException {
        try (RawVisitor visitor = RawVisitor.plain(front.plainAddress)) {
            return visitor.send(method + " /.well-known/acme-challenge/" + token + " HTTP/1.1\r\nHost: " + host
                            + "\r\nConnection: close\r\n\r\n")
                    .rest();
        }
    }

    @Test
    void a_challenge_of_ours_is_answered_instead_of_a_redirect() throws IOException {
        assertThat(ask("GET", "dev1.t.test", "tok"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-Length: 9\r\n")
                .endsWith("\r\n\r\ntok.thumb");
        assertThat(ask("HEAD", "dev1.t.test", "tok"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void every_other_token_name_and_method_goes_the_usual_way() throws IOException {
        assertThat(ask("GET", "dev1.t.test", "other"))
                .startsWith("HTTP/1.1 301 ")
                .contains("Location: https://dev1.t.test:8443/.well-known/acme-challenge/other\r\n");
        assertThat(ask("GET", "dev1.t.test", "tok?x")).startsWith("HTTP/1.1 301 ");
        assertThat(ask("POST", "dev1.t.test", "tok")).startsWith("HTTP/1.1 308 ");
        assertThat(ask("GET", "stranger.test", "tok")).startsWith("HTTP/1.1 404 ");
    }

    private SSLSocket hello(String... protocols) throws IOException {
        return hello(front, protocols);
    }

    private static SSLSocket hello(TestFront to, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket) TestCertificates.trustingAnything()
                .getSocketFactory()
                .createSocket(to.address.getAddress(), to.address.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("dev1.t.test")));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(15_000);
        socket.startHandshake();
        return socket;
    }

    @Test
    void an_authority_sees_the_challenges_certificate_under_its_protocol_and_nothing_more() throws IOException {
        try (SSLSocket socket = hello("acme-tls/1")) {
            assertThat(socket.getApplicationProtocol()).isEqualTo("acme-tls/1");
            Certificate seen = socket.getSession().getPeerCertificates()[0];
            assertThat(seen).isEqualTo(ANSWER.certificate());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_browser_that_speaks_http_never_sees_it() throws IOException {
        try (SSLSocket socket = hello("http/1.1", "acme-tls/1")) {
            assertThat(socket.getSession().getPeerCertificates()[0]).isNotEqualTo(ANSWER.certificate());
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void without_a_challenge_under_way_the_protocol_is_refused() {
        front.shown = ChallengeAnswers.NONE;
        assertThatThrownBy(() -> hello("acme-tls/1")).isInstanceOf(SSLException.class);
    }

    @Test
    void a_name_that_is_passed_through_keeps_its_own_way_to_an_authority() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        try (RawDevice device = RawDevice.running(connection -> {
                    byte[] first = new byte[4096];
                    got.add(new String(first, 0, connection.in().read(first), StandardCharsets.ISO_8859_1));
                });
                TestFront passing = TestFront.leadingTo(device)) {
            passing.publish(d -> d, TestFront::passthrough);
            passing.shown = front.shown;
            assertThatThrownBy(() -> hello(passing, "acme-tls/1")).isInstanceOf(IOException.class);
            assertThat(got.poll(15, TimeUnit.SECONDS)).contains("acme-tls/1");
        }
    }
}
