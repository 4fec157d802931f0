package sallyport.gateway.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the options of a hostname are declared, read and written. */
final class HostnameOptionsTest {
    @Test
    void every_declaration_has_a_key_a_sentence_a_syntax_and_a_default_that_reads_as_itself() {
        assertThat(HostnameOption.all()).extracting(HostnameOption::key).doesNotHaveDuplicates();
        for (HostnameOption<?> option : HostnameOption.all()) {
            assertThat(option.key()).matches("[a-z][a-z0-9-]+").isNotEqualTo("default");
            assertThat(option.description()).matches("[A-Z].*\\.");
            assertThat(option.syntax()).isNotBlank();
            assertThat(option.canonical(option.defaultText())).isEqualTo(option.defaultText());
        }
    }

    @Test
    void what_is_not_set_has_its_default() {
        assertThat(HostnameOptions.DEFAULTS.set()).isEmpty();
        assertThat(HostnameOptions.DEFAULTS.effective()).containsEntry("host", "preserved");
        assertThat(HostnameOptions.DEFAULTS.value(HostnameOption.WEBSOCKET_IDLE))
                .isEmpty();
    }

    @Test
    void values_are_typed() {
        HostnameOptions options = HostnameOptions.of(
                Map.of("websocket-idle", "90m", "forwarded", "X-Forwarded-For", "device-names", "[FD00::1]:8443,cam"));
        assertThat(options.value(HostnameOption.WEBSOCKET_IDLE)).contains(Duration.ofMinutes(90));
        assertThat(options.value(HostnameOption.FORWARDED)).containsExactly(ForwardedField.X_FORWARDED_FOR);
        assertThat(options.value(HostnameOption.DEVICE_NAMES))
                .isEqualTo(List.of(OwnName.parse("[fd00::1]:8443"), OwnName.parse("cam")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "websocket-idle;120s;2m",
                "websocket-idle;90s;90s",
                "websocket-idle;24h;1d",
                "forwarded;x-forwarded-for, Forwarded;Forwarded,X-Forwarded-For",
                "forwarded;Forwarded,X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Proto,X-Request-Id;all",
                "host;Cam.LAN.:8080;cam.lan:8080",
                "host;[FD00::1];[fd00::1]",
                "device-names;CAM, cam ,192.168.7.20;cam,192.168.7.20",
                "device-names;none;none",
                "parallel-streams;auto;auto",
                "parallel-streams;64;64",
                "firmware-guard;on;on",
                "firmware-guard-size;64M;64MiB",
                "firmware-guard-rate;1024K;1MiB",
                "max-body;none;none",
                "max-body;200m;200MiB",
                "max-body;200MiB;200MiB",
                "max-body;2048kib;2MiB",
                "max-body;1500K;1500KiB",
                "max-body;10G;10GiB",
                "device-certificate;any;any",
                "device-certificate;pinned;pinned",
                "device-certificate;pinned:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA;"
                        + "pinned:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "device-tls-legacy-until;2027-01-31;2027-01-31"
            })
    void a_value_is_stored_in_one_canonical_text(String key, String typed, String canonical) {
        assertThat(HostnameOption.require(key).canonical(typed)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "host;http://cam.lan",
                "host;cam lan",
                "host;cam..lan",
                "host;[zz]",
                "host;cam:99999",
                "host;''",
                "device-names;cam,,lan",
                "forwarded;X-Forwarded-Port",
                "websocket-idle;0s",
                "websocket-idle;8d",
                "websocket-idle;10",
                "parallel-streams;0",
                "parallel-streams;65",
                "firmware-guard;yes",
                "firmware-guard-size;none",
                "firmware-guard-rate;0K",
                "max-body;0",
                "max-body;200",
                "max-body;200MB",
                "max-body;1.5G",
                "max-body;1025GiB",
                "max-body;9999999GiB",
                "device-certificate;all",
                "device-certificate;pinned:SHA256:AAAA",
                "device-certificate;ca:",
                "device-certificate;ca:AAAA",
                "device-certificate;-----BEGIN CERTIFICATE-----",
                "device-tls-legacy-until;31.1.2027",
                "device-tls-legacy-until;2027-02-30"
            })
    void a_value_that_cannot_be_is_refused_with_its_option_and_a_remedy(String key, String typed) {
        InvalidValue refused = catchThrowableOfType(
                InvalidValue.class, () -> HostnameOptions.DEFAULTS.changed(Map.of(key, Optional.of(typed))));
        assertThat(refused.field()).isEqualTo("options." + key);
        assertThat(refused.fix()).matches("(Write|Use|There|A) .*\\.");
    }

    @Test
    void a_list_is_bounded() {
        String many =
                String.join(",", IntStream.range(0, 33).mapToObj(i -> "n" + i).toList());
        InvalidValue refused =
                catchThrowableOfType(InvalidValue.class, () -> HostnameOptions.of(Map.of("device-names", many)));
        assertThat(refused.reason()).isEqualTo("33 entries are given");
    }

    @Test
    void only_options_by_which_connections_live_end_them() {
        HostnameOptions host = HostnameOptions.of(Map.of("host", "cam.lan"));
        HostnameOptions idle = HostnameOptions.of(Map.of("websocket-idle", "1h"));
        assertThat(host.keepConnectionsOf(HostnameOptions.DEFAULTS)).isTrue();
        assertThat(idle.keepConnectionsOf(HostnameOptions.DEFAULTS)).isFalse();
        assertThat(idle.keepConnectionsOf(idle)).isTrue();
    }
}
