package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Challenges and credentials in the spellings of devices. */
final class LoginFieldsTest {
    private static HttpHeaders fields(String name, String... values) {
        HttpHeaders fields = new DefaultHttpHeaders();
        for (String value : values) {
            fields.add(name, value);
        }
        return fields;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NTLM",
                "Negotiate",
                "negotiate",
                "NTLM TlRMTVNTUAACAAAA==",
                "Basic realm=\"a\", NTLM",
                "Digest realm=\"a, b\", nonce=\"c\", Negotiate, Basic realm=x",
                "Basic realm=\"a \\\" quote\",NTLM"
            })
    void a_challenge_that_ties_a_login_to_its_connection_is_found_in_any_list(String value) {
        assertThat(LoginFields.asksForTied(fields("WWW-Authenticate", value))).isTrue();
        assertThat(LoginFields.asksForTied(fields("WWW-Authenticate", "Basic realm=x", value)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic realm=\"NTLM\"",
                "Basic realm=\"a, NTLM\"",
                "Basic realm=\"a\\\", NTLM, b\"",
                "Digest ntlm=1, negotiate = 2",
                "NTLMv9",
                "Bearer"
            })
    void the_words_elsewhere_mean_nothing(String value) {
        assertThat(LoginFields.asksForTied(fields("WWW-Authenticate", value))).isFalse();
    }

    @Test
    void credentials_say_whether_they_are_a_step_of_such_a_login() {
        assertThat(LoginFields.bringsTied(fields("Authorization", "ntlm TlRMTVNTUAABAAAA")))
                .isTrue();
        assertThat(LoginFields.bringsTied(fields("Authorization", "Negotiate YII=")))
                .isTrue();
        assertThat(LoginFields.bringsTied(fields("Authorization", "Basic bnRsbQ==")))
                .isFalse();
        assertThat(LoginFields.bringsTied(fields("Authorization"))).isFalse();
    }

    @Test
    void nonces_are_read_from_challenges_and_credentials() {
        String two = "Digest realm=\"a\", nonce=\"n1\", cnonce=\"x\", Digest nonce=n2,algorithm=SHA-256";
        assertThat(LoginFields.nonces(fields("WWW-Authenticate", two))).containsExactly("n1", "n2");
        assertThat(LoginFields.nonce(fields("Authorization", "Digest cnonce=\"x\", nonce=\"n1\", nc=00000001")))
                .contains("n1");
        assertThat(LoginFields.nonce(fields("Authorization", "Basic nonce=\"n1\"")))
                .isEmpty();
    }
}
