package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.GatewayProcess;
import sallyport.testkit.Visitor;

/** G20: plain HTTP is sent to the same place on HTTPS, byte for byte, with the public port. */
@ExtendWith(SharedGateway.class)
class RedirectToHttpsTest {
    private static Curl http(GatewayProcess gateway, String host, String target) {
        return Curl.url("http://127.0.0.1:" + gateway.ports().http() + target).header("Host: " + host);
    }

    @Test
    void pathAndQueryStayByteIdenticalAndThePortIsTheHttpsOne(Scene scene) {
        scene.enrol("redirected", device -> device);
        GatewayProcess gateway = scene.gateway();

        Curl.Answer answer = http(gateway, "redirected.sallyport.test:8080", "/a?b=%2F&c=%zz")
                .run();

        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.findField("Location"))
                .contains("https://redirected.sallyport.test:" + gateway.ports().https() + "/a?b=%2F&c=%zz");
    }

    @Test
    void publicPort443IsNotNamed(Scene scene) {
        GatewayProcess gateway =
                scene.ownGateway(setup -> setup.with("https", "{listen: 127.0.0.1:0, public-port: 443}"));
        scene.enrol("behind-nat", device -> device);

        Curl.Answer answer = http(gateway, "behind-nat.sallyport.test", "/a").run();

        assertThat(answer.findField("Location")).contains("https://behind-nat.sallyport.test/a");
    }

    @Test
    void otherMethodsThanGetAndHeadKeepTheirMethod(Scene scene) {
        scene.enrol("posted", device -> device);
        Curl.Answer post = http(scene.gateway(), "posted.sallyport.test", "/form")
                .with("-d", "a=b")
                .run();
        Curl.Answer head = http(scene.gateway(), "posted.sallyport.test", "/form")
                .with("-I")
                .run();
        assertThat(post.status()).isEqualTo(308);
        assertThat(head.status()).isEqualTo(301);
    }

    @Test
    void unknownHostIsNotRedirectedAnywhere(Scene scene) {
        Curl.Answer answer = http(scene.gateway(), "evil.example.com", "/").run();
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.findField("Location")).isEmpty();
    }

    @Test
    void requestWithoutHostIsNotRedirectedAnywhere(Scene scene) throws IOException {
        try (Visitor visitor = Visitor.tcp(scene.gateway().ports().http())) {
            visitor.send("GET / HTTP/1.0\r\n\r\n");
            Visitor.Head head = visitor.readHead();
            assertThat(head.status()).isBetween(400, 499);
            assertThat(head.findField("Location")).isEmpty();
        }
    }
}
