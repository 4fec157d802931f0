package sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NginxTest {
    @Test
    void servesItsNameOverTls() {
        try (Nginx nginx = Nginx.tls("analyser")) {
            Curl.Answer answer = Curl.url("https://127.0.0.1:" + nginx.port() + "/")
                    .trustingAnything()
                    .run();
            assertThat(answer.body()).contains("<h1>analyser</h1>");
        }
    }
}
