package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sallyport.gateway.directory.Port.BindChoice;
import sallyport.gateway.directory.Port.OpenSocket;

/** Where a port listens, by grant and wish; {@code all} stands for every address of both families. */
final class BindAddressesTest {
    private static String bound(String grant, BindChoice choice, String wish) {
        List<String> bind = Arrays.stream(grant.split(" ", -1))
                .filter(each -> !each.isEmpty())
                .toList();
        return String.join(
                " ",
                BindAddresses.of(new OpenSocket(bind, choice), wish).stream()
                        .map(each -> each.equals(BindAddresses.ALL) ? "all" : each)
                        .toList());
    }

    @ParameterizedTest(name = "granted [{0}]: listens on {1}")
    @CsvSource({
        "'', all",
        "127.0.0.1, 127.0.0.1",
        "::1, ::1",
        "0.0.0.0, 0.0.0.0",
        "::, all",
        "127.0.0.1 ::1, 127.0.0.1 ::1",
        "0.0.0.0 127.0.0.1, 0.0.0.0",
        "0.0.0.0 ::1, 0.0.0.0 ::1",
        "0.0.0.0 ::, all",
        "127.0.0.1 127.0.0.1, 127.0.0.1"
    })
    void the_grant_decides_and_no_address_is_bound_twice(String grant, String bound) {
        assertThat(bound(grant, BindChoice.GRANT, "192.0.2.1")).isEqualTo(bound);
    }

    @ParameterizedTest(name = "granted [{0}], asked [{1}]: listens on [{2}]")
    @CsvSource({
        "'', '', all",
        "'', *, all",
        "'', ::, all",
        "'', 0.0.0.0, 0.0.0.0",
        "'', localhost, 127.0.0.1 ::1",
        "'', 192.0.2.1, 192.0.2.1",
        "'', 2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "127.0.0.1 ::1, '', 127.0.0.1 ::1",
        "127.0.0.1 ::1, 0.0.0.0, 127.0.0.1",
        "127.0.0.1 ::1, ::, ::1",
        "127.0.0.1 ::1, localhost, 127.0.0.1 ::1",
        "127.0.0.1 ::1, 127.0.0.1, 127.0.0.1",
        "192.0.2.1, localhost, ''",
        "192.0.2.1, 192.0.2.2, ''",
        "192.0.2.1, ::, ''",
        "0.0.0.0, 192.0.2.1, 192.0.2.1",
        "0.0.0.0, 2001:db8::1, ''"
    })
    void a_client_that_may_choose_gets_its_wish_as_far_as_the_grant_covers_it(String grant, String wish, String bound) {
        assertThat(bound(grant, BindChoice.CLIENT, wish)).isEqualTo(bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a-name.example", "300.1.1.1"})
    void what_is_no_address_is_covered_by_no_grant(String wish) {
        assertThat(bound("", BindChoice.CLIENT, wish)).isEmpty();
    }
}
