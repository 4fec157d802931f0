package sallyport.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static sallyport.gateway.edge.TestFront.with;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sallyport.gateway.event.GatewayEvent;
import sallyport.gateway.event.GatewayEvent.Speech;

/** Devices that know themselves by another name than their visitors do (cases G17, G18). */
final class DeviceNamesTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String REQUEST = """
            POST /login HTTP/1.1\r
            Host: dev1.t.test:8443\r
            Origin: https://dev1.t.test:8443\r
            Referer: https://DEV1.t.test:8443/a?b\r
            X-Forwarded-For: 192.0.2.1\r
            Content-Length: 0\r
            Connection: close\r
            \r
            """;

    @Test
    void by_default_host_and_what_is_compared_with_it_arrive_as_they_were_sent() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.exchange(REQUEST);
            assertThat(device.heads().getFirst())
                    .contains(
                            "Host: dev1.t.test:8443\r\n",
                            "Origin: https://dev1.t.test:8443\r\n",
                            "Referer: https://DEV1.t.test:8443/a?b\r\n");
        }
    }

    @Test
    void a_rewritten_host_takes_origin_and_referer_with_it_in_what_the_device_speaks() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                RawDevice secured = RawDevice.secured(connection -> {
                    connection.head();
                    connection.send(OK);
                });
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, route -> with(route, "host", "cam.lan:8080"));
            front.exchange(REQUEST);
            assertThat(device.heads().getFirst())
                    .contains(
                            "Host: cam.lan:8080\r\n",
                            "Origin: http://cam.lan:8080\r\n",
                            "Referer: http://cam.lan:8080/a?b\r\n",
                            "X-Forwarded-Host: dev1.t.test:8443\r\n");

            front.speech.known.put(TestFront.PORT, Speech.TLS);
            front.connect(secured.address());
            front.exchange(REQUEST);
            assertThat(secured.heads().getFirst()).contains("Origin: https://cam.lan:8080\r\n");
        }
    }

    @Test
    void the_origin_of_another_site_is_never_dressed_up_as_the_devices_own() throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, route -> with(route, "host", "cam.lan"));
            for (String origin : List.of(
                    "https://evil.test",
                    "https://dev1.t.test",
                    "https://dev1.t.test:8443.evil.test",
                    "https://dev1.t.test:8443@evil.test",
                    "null")) {
                front.exchange(REQUEST.replace("Origin: https://dev1.t.test:8443", "Origin: " + origin));
                assertThat(device.heads().getLast()).contains("Origin: " + origin + "\r\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "all;Forwarded,X-Forwarded-For,X-Forwarded-Host,X-Forwarded-Proto,X-Request-Id",
                "none;Via",
                "X-Forwarded-Proto;X-Forwarded-Proto"
            })
    void the_device_is_told_as_much_about_its_visitor_as_the_operator_chose(String chosen, String fields)
            throws Exception {
        try (RawDevice device = RawDevice.answering(OK);
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(d -> d, route -> with(route, "forwarded", chosen));
            front.exchange(REQUEST);
            String head = device.heads().getFirst();
            assertThat(Stream.of(
                                    "Forwarded",
                                    "X-Forwarded-For",
                                    "X-Forwarded-Host",
                                    "X-Forwarded-Proto",
                                    "X-Request-Id")
                            .filter(name -> head.contains("\r\n" + name + ": ")))
                    .containsExactlyElementsOf(Stream.of(fields.split(","))
                            .filter(name -> !name.equals("Via"))
                            .toList());
            assertThat(head).contains("\r\nVia: ").doesNotContain("192.0.2.1");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/login /login",
                "?a ?a",
                "https://dev1.t.test:8443/login https://dev1.t.test:8443/login",
                "http://dev1.t.test:8443/login https://dev1.t.test:8443/login",
                "http://dev1.t.test/login https://dev1.t.test:8443/login",
                "https://dev1.t.test/login https://dev1.t.test:8443/login",
                "https://dev1.t.test:9000/login https://dev1.t.test:9000/login",
                "http://192.168.7.20/login?a=%2F#x https://dev1.t.test:8443/login?a=%2F#x",
                "https://192.168.7.20:8080/ https://dev1.t.test:8443/",
                "https://192.168.7.200/ https://192.168.7.200/",
                "//CAM.lan./x https://dev1.t.test:8443/x",
                "https://other.lan:8080/ https://dev1.t.test:8443/",
                "https://other.lan/ https://other.lan/",
                "http://asked.lan:81/ https://dev1.t.test:8443/",
                "http://[FD00::20]/ https://dev1.t.test:8443/",
                "https://cam.lan.evil.test/ https://cam.lan.evil.test/",
                "https://user@cam.lan/ https://dev1.t.test:8443/",
                "https://vendor.example/ https://vendor.example/",
                "ftp://cam.lan/ ftp://cam.lan/",
                "http://cam.lan https://dev1.t.test:8443"
            })
    void a_redirect_to_what_the_device_calls_itself_leads_to_what_the_visitor_called_it(String sent, String got)
            throws Exception {
        try (RawDevice device = RawDevice.answering("HTTP/1.1 302 Found\r\nLocation: " + sent + "\r\nContent-Location: "
                        + sent + "\r\nRefresh: 5; URL='" + sent + "'\r\nContent-Length: 0\r\n\r\n");
                TestFront front = TestFront.leadingTo(device)) {
            front.publish(
                    d -> d,
                    route -> with(
                            with(route, "host", "asked.lan"),
                            "device-names",
                            "192.168.7.20,cam.lan,other.lan:8080,[fd00::20]"));
            assertThat(front.exchange(REQUEST))
                    .contains(
                            "\r\nLocation: " + got + "\r\n",
                            "\r\nContent-Location: " + got + "\r\n",
                            "\r\nRefresh: 5; URL='" + got + "'\r\n");
        }
    }

    @Test
    void a_redirect_into_the_devices_own_network_is_told_once_until_it_is_mapped_back() throws Exception {
        try (RawDevice device = RawDevice.answering(
                        "HTTP/1.1 302 Found\r\nLocation: https://192.168.7.20/login\r\nContent-Length: 0\r\n\r\n");
                TestFront front = TestFront.leadingTo(device)) {
            assertThat(front.exchange(REQUEST)).contains("Location: https://192.168.7.20/login\r\n");
            front.exchange(REQUEST);
            assertThat(front.events(GatewayEvent.DeadEnd.class)).singleElement().satisfies(event -> {
                assertThat(event.target()).isEqualTo("192.168.7.20");
                assertThat(event.why().sentence())
                        .startsWith("SP-335 dev1.t.test sends visitors to 192.168.7.20,")
                        .endsWith("hostname set dev1.t.test --device-names 192.168.7.20");
            });

            front.publish(d -> d, route -> with(route, "device-names", "192.168.7.20"));
            assertThat(front.exchange(REQUEST)).contains("Location: https://dev1.t.test:8443/login\r\n");
            assertThat(front.events(GatewayEvent.DeadEnd.class)).hasSize(1);
        }
    }

    @Test
    void a_device_that_invents_targets_costs_few_warnings() throws Exception {
        try (RawDevice device = RawDevice.running(connection -> {
                    for (int i = 1; !connection.head().isEmpty(); i++) {
                        connection.send("HTTP/1.1 302 Found\r\nLocation: http://10.0.0." + i
                                + "/\r\nContent-Length: 0\r\n\r\n");
                    }
                });
                TestFront front = TestFront.leadingTo(device);
                RawVisitor visitor = front.visitor()) {
            for (int i = 0; i < 3 * DeadEnds.MAX_TARGETS; i++) {
                visitor.send("GET / HTTP/1.1\r\nHost: dev1.t.test\r\n\r\n").answer();
            }
            assertThat(front.events(GatewayEvent.DeadEnd.class)).hasSize(DeadEnds.MAX_TARGETS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,true",
        "172.16.0.1,true",
        "172.32.0.1,false",
        "192.168.0.1,true",
        "169.254.1.1,true",
        "100.64.0.1,true",
        "100.128.0.1,false",
        "127.0.0.1,true",
        "192.0.2.1,false",
        "[fd00::1],true",
        "[fe80::1],true",
        "[::1],true",
        "[2001:db8::1],false",
        "cam,true",
        "localhost,true",
        "cam.local,true",
        "fritz.box,false",
        "lan.example.com,false"
    })
    void addresses_and_names_of_one_network_are_known_as_such(String host, boolean expected) {
        assertThat(DeadEnds.isPrivate(host)).isEqualTo(expected);
    }
}
