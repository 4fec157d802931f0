package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a device says stays within its own origin. */
final class SiblingGuardTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Set-Cookie|sid=1|sid=1; Secure",
                "Set-Cookie|sid=1; Path=/; HttpOnly; Secure|sid=1; Path=/; HttpOnly; Secure",
                "Set-Cookie|sid=1; Domain=t.test; Path=/|sid=1; Path=/; Secure",
                "Set-Cookie|sid=1;DOMAIN = .com;domain=t.test;SameSite=None|sid=1;SameSite=None; Secure",
                "Set-Cookie|sid=domain=x; Expires=Wed, 21 Oct 2026 07:28:00 GMT|sid=domain=x; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure",
                "Set-Cookie|sid=1;|sid=1; Secure",
                "Strict-Transport-Security|max-age=31536000; includeSubDomains; preload|max-age=31536000",
                "Strict-Transport-Security|INCLUDESUBDOMAINS;max-age=0|max-age=0",
                "Strict-Transport-Security|includeSubDomains|",
                "Clear-Site-Data|\"cache\", \"cookies\", \"storage\"|\"cache\", \"storage\"",
                "Clear-Site-Data|\"*\"|\"cache\", \"storage\"",
                "Clear-Site-Data|\"cookies\"|",
                "Alt-Svc|h3=\":8443\"; ma=86400|",
                "NEL|{\"report_to\":\"x\",\"include_subdomains\":true}|",
            })
    void a_field_keeps_what_concerns_its_own_hostname_alone(String name, String sent, String kept) {
        HttpHeaders fields = new DefaultHttpHeaders().add(name, sent);
        SiblingGuard.limit(fields);
        assertThat(fields.get(name)).isEqualTo(kept);
    }

    @Test
    void every_cookie_of_an_answer_is_limited_and_their_order_stays() {
        HttpHeaders fields = new DefaultHttpHeaders()
                .add("Set-Cookie", "a=1; Domain=t.test")
                .add("X", "y")
                .add("Set-Cookie", "b=2; Domain=test; Secure");
        SiblingGuard.limit(fields);
        assertThat(fields.getAll("Set-Cookie")).containsExactly("a=1; Secure", "b=2; Secure");
    }

    @Test
    void answers_of_every_kind_are_limited_also_the_switch_to_a_websocket() throws Exception {
        String wide = "Set-Cookie: sid=1; Domain=t.test\r\n";
        try (RawDevice device = RawDevice.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 103 Early Hints\r\n" + wide + "\r\nHTTP/1.1 200 OK\r\n" + wide
                            + "Content-Length: 0\r\n\r\n");
                    connection.head();
                    connection.send("HTTP/1.1 101 Switching Protocols\r\n" + wide
                            + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n");
            String answers = visitor.head() + visitor.head();
            visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            answers += visitor.head();
            assertThat(answers)
                    .contains("HTTP/1.1 103", "HTTP/1.1 200", "HTTP/1.1 101")
                    .doesNotContain("Domain");
            assertThat(answers.split("Set-Cookie: sid=1; Secure\r\n", -1)).hasSize(4);
        }
    }
}
