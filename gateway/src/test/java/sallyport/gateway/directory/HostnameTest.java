package sallyport.gateway.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and wildcards, as people type them and as the directory has them. */
final class HostnameTest {
    @Test
    void a_name_has_one_form() {
        assertThat(Hostname.parse("Device.Bücher.Example.").value()).isEqualTo("device.xn--bcher-kva.example");
        assertThat(Hostname.parseServed("*.Lab1.BÜCHER.example.").value()).isEqualTo("*.lab1.xn--bcher-kva.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.",
                "*.com",
                "*.co.uk",
                "*.com.au",
                "a*.example.com",
                "*a.example.com",
                "a.*.example.com",
                "*.*.example.com",
                "**.example.com",
                "*.example.com:443",
                "*.127.0.0.1",
                ".example.com"
            })
    void a_star_stands_alone_in_front_of_a_domain_that_one_owner_has(String text) {
        assertThatThrownBy(() -> Hostname.parseServed(text)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void a_name_of_two_labels_may_have_a_wildcard_below_it() {
        assertThat(Hostname.parseServed("*.example.com").isWildcard()).isTrue();
        assertThat(Hostname.parseServed("*.lab.uk").isWildcard()).isTrue();
    }

    @Test
    void what_visitors_and_the_configuration_name_is_never_a_wildcard() {
        assertThatThrownBy(() -> Hostname.parse("*.lab1.example.com")).isInstanceOf(InvalidValue.class);
    }

    @Test
    void a_wildcard_stands_for_one_more_label() {
        assertThat(new Hostname("a.lab1.example.com").findWildcard()).contains(new Hostname("*.lab1.example.com"));
        assertThat(new Hostname("example.com").findWildcard()).isEmpty();
        assertThat(new Hostname("localhost").findWildcard()).isEmpty();
    }
}
