package sallyport.gateway.cert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import sallyport.gateway.config.AcmeConfig.ChallengeType;
import sallyport.gateway.directory.Hostname;
import sallyport.gateway.fault.Problem;

/** Whether a challenge would work now. */
final class RehearsalTest {
    private static final Hostname NAME = new Hostname("one.gw.test");

    private final ChallengeDesk desk = new ChallengeDesk();

    private Rehearsal rehearsal(int port) {
        return new Rehearsal(
                List.of(ChallengeType.HTTP_01, ChallengeType.TLS_ALPN_01),
                desk,
                name -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                new Rehearsal.Ports(port, port));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static HttpServer webServer(UnaryOperator<String> answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = answer.apply(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void a_name_without_an_address_is_all_that_is_said() {
        Rehearsal rehearsal = new Rehearsal(
                List.of(ChallengeType.HTTP_01),
                desk,
                name -> {
                    throw new UnknownHostException(name);
                },
                Rehearsal.Ports.STANDARD);

        assertThat(rehearsal.play(NAME))
                .singleElement()
                .extracting(Problem::sentence)
                .asString()
                .contains("SP-735", "one.gw.test");
    }

    @Test
    void ports_on_which_nobody_answers_are_named_with_their_challenge() throws IOException {
        assertThat(rehearsal(closedPort()).play(NAME))
                .extracting(
                        problem -> problem.fault().code() + problem.cause().replaceAll(".* (\\S+) challenge.*", " $1"))
                .containsExactly("SP-736 http-01", "SP-736 tls-alpn-01");
    }

    @Test
    void a_front_that_shows_the_challenge_is_content_and_nothing_stays_at_the_desk() throws IOException {
        String[] seen = new String[1];
        HttpServer server = webServer(path -> {
            seen[0] = path.substring(ChallengeAnswers.HTTP_PATH.length());
            return desk.findHttp(NAME, seen[0]).orElse("nothing");
        });
        try {
            assertThat(rehearsal(server.getAddress().getPort()).play(NAME))
                    .extracting(Problem::cause)
                    .noneMatch(cause -> cause.contains("http-01"));
            assertThat(desk.findHttp(NAME, seen[0])).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void another_web_server_behind_the_name_is_recognised() throws IOException {
        HttpServer server = webServer(path -> "welcome to nginx");
        try {
            assertThat(rehearsal(server.getAddress().getPort()).play(NAME))
                    .extracting(Problem::cause)
                    .anyMatch(cause -> cause.contains("http-01") && cause.contains("something else answers there"));
        } finally {
            server.stop(0);
        }
    }
}
