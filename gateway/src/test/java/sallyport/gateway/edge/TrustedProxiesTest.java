package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.directory.Cidr;

/** Whom a proxy in front introduces, and how far its word goes (G24). */
final class TrustedProxiesTest {
    private static final InetSocketAddress PROXY = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 4711);
    private static final List<Cidr> OURS = List.of(Cidr.parse("10.0.0.0/24"));
    private static final TrustedProxies OLDER = new TrustedProxies(OURS, TrustedProxies.Style.X_FORWARDED);
    private static final TrustedProxies STANDARD = new TrustedProxies(OURS, TrustedProxies.Style.FORWARDED);

    private static HttpHeaders fields(String... namesAndValues) {
        HttpHeaders fields = new DefaultHttpHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    private static String visitor(TrustedProxies proxies, String... namesAndValues) {
        return proxies.introduce(PROXY, fields(namesAndValues))
                .visitor()
                .getAddress()
                .getHostAddress();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.7 | 198.51.100.7",
                "198.51.100.7:4242 | 198.51.100.7",
                "2001:db8::7 | 2001:db8:0:0:0:0:0:7",
                "[2001:db8::7]:4242 | 2001:db8:0:0:0:0:0:7",
                "::ffff:198.51.100.7 | 198.51.100.7",
                // what the visitor wrote itself stands before what the proxies wrote
                "192.0.2.1, 198.51.100.7 | 198.51.100.7",
                "192.0.2.1, 198.51.100.7, 10.0.0.8 | 198.51.100.7",
                "10.0.0.7, 10.0.0.8 | 10.0.0.7",
                // who is hidden or unreadable is not who stands before it
                "192.0.2.1, unknown | 10.0.0.9",
                "192.0.2.1, unknown, 10.0.0.8 | 10.0.0.8",
                "192.0.2.1, 1 | 10.0.0.9",
                "192.0.2.1, 999.1.1.1 | 10.0.0.9",
                "192.0.2.1, 198.51.100.7:99999 | 10.0.0.9",
                "192.0.2.1, | 10.0.0.9",
                "fe80::1%eth0 | 10.0.0.9"
            })
    void the_list_is_read_from_its_end_as_far_as_its_writers_are_trusted(String list, String expected) {
        assertThat(visitor(OLDER, "X-Forwarded-For", list)).isEqualTo(expected);
    }

    @Test
    void several_lines_are_one_list() {
        assertThat(visitor(OLDER, "X-Forwarded-For", "192.0.2.1", "X-Forwarded-For", "198.51.100.7"))
                .isEqualTo("198.51.100.7");
    }

    @Test
    void a_proxy_that_introduces_nobody_asks_for_itself() {
        assertThat(OLDER.introduce(PROXY, fields())).isEqualTo(Introduction.nobody(PROXY));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "for=198.51.100.7;proto=http;host=dev1.t.test | 198.51.100.7",
                "FOR=\"198.51.100.7:4242\" | 198.51.100.7",
                "for=\"[2001:db8::7]:4242\" | 2001:db8:0:0:0:0:0:7",
                "for=192.0.2.1, for=198.51.100.7 | 198.51.100.7",
                "for=192.0.2.1, for=198.51.100.7, for=10.0.0.8 | 198.51.100.7",
                "for=\"192.0.2.1, for=192.0.2.2\" | 10.0.0.9",
                "for=192.0.2.1, for=_hidden | 10.0.0.9",
                "for=192.0.2.1, proto=https | 10.0.0.9",
                "for=192.0.2.1, for=198.51.100.7;for=198.51.100.8 | 10.0.0.9",
                "for=192.0.2.1, nonsense | 10.0.0.9"
            })
    void the_standard_header_is_read_the_same_way(String list, String expected) {
        assertThat(visitor(STANDARD, "Forwarded", list)).isEqualTo(expected);
    }

    @Test
    void only_the_header_that_the_proxies_write_is_believed() {
        assertThat(visitor(OLDER, "Forwarded", "for=192.0.2.1")).isEqualTo("10.0.0.9");
        assertThat(visitor(STANDARD, "X-Forwarded-For", "192.0.2.1")).isEqualTo("10.0.0.9");
    }

    @Test
    void scheme_and_host_are_those_of_the_visitors_own_leg() {
        Introduction told = STANDARD.introduce(
                PROXY,
                fields(
                        "Forwarded",
                        "for=192.0.2.1;host=evil.test, for=198.51.100.7;proto=HTTP;host=\"dev1.t.test:8443\""));

        assertThat(told.scheme()).contains("http");
        assertThat(told.hostOf(TestFront.NAME)).contains("dev1.t.test:8443");
    }

    @Test
    void a_host_that_leads_elsewhere_or_several_of_them_are_ignored() {
        assertThat(OLDER.introduce(PROXY, fields("X-Forwarded-Host", "evil.test"))
                        .hostOf(TestFront.NAME))
                .isEmpty();
        assertThat(OLDER.introduce(PROXY, fields("X-Forwarded-Host", "dev1.t.test, dev1.t.test"))
                        .hostOf(TestFront.NAME))
                .isEmpty();
        assertThat(OLDER.introduce(PROXY, fields("X-Forwarded-Proto", "gopher")).scheme())
                .isEqualTo(Optional.empty());
    }
}
