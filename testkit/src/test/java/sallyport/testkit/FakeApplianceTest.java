package sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeApplianceTest {
    private final FakeAppliance plain = FakeAppliance.plain("meter");
    private final FakeAppliance tls = FakeAppliance.tls("camera");

    @AfterEach
    void close() {
        plain.close();
        tls.close();
    }

    private String plainUrl(String target) {
        return "http://127.0.0.1:" + plain.port() + target;
    }

    private String tlsUrl(String target) {
        return "https://127.0.0.1:" + tls.port() + target;
    }

    @Test
    void saysItsNameInPlainHttp() {
        assertThat(Curl.url(plainUrl("/")).run().body()).isEqualTo("meter");
    }

    @Test
    void saysItsNameInTls() {
        assertThat(Curl.url(tlsUrl("/")).trustingAnything().run().body()).isEqualTo("camera");
    }

    @Test
    void showsTheRequestTargetByteForByte() {
        assertThat(Curl.url(plainUrl("/echo/a%5B0%5D?x=%2F")).run().body())
                .startsWith("GET /echo/a%5B0%5D?x=%2F HTTP/1.1");
    }

    @Test
    void admitsADigestLoginOnTheConnectionOfItsNonce() {
        Curl.Answer answer = Curl.url(plainUrl("/digest/a%5B0%5D"))
                .with("--digest", "-u", "u:p")
                .run();
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void refusesADigestLoginWithAnotherPassword() {
        assertThat(Curl.url(plainUrl("/digest"))
                        .with("--digest", "-u", "u:q")
                        .run()
                        .status())
                .isEqualTo(401);
    }

    @Test
    void answersAnUploadWithItsDigest() {
        assertThat(Curl.url(tlsUrl("/upload"))
                        .trustingAnything()
                        .with("-d", "hello", "-H", "Expect: 100-continue")
                        .run()
                        .body())
                .isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    }

    @Test
    void echoesWebSocketFramesOfEveryLength() throws IOException {
        try (Visitor visitor = Visitor.tlsUnverified(tls.port())) {
            WebSocketFrames frames = visitor.webSocket("camera.local", "/socket");
            for (int length : new int[] {0, 125, 126, 65_535, 65_536}) {
                frames.text("x".repeat(length));
                assertThat(frames.read().text()).hasSize(length);
            }
        }
    }

    @Test
    void cutsAnAnswerByAReset() {
        assertThatThrownBy(() -> {
                    try (Visitor visitor = Visitor.tcp(plain.port())) {
                        Visitor.Head head = visitor.get("meter", "/reset?after=1000");
                        visitor.body(head).readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
