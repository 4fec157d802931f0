package sallyport.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sallyport.gateway.console.api.HostnameTestAnswer;
import sallyport.gateway.console.api.HostnameTestAnswer.Finding;
import sallyport.gateway.directory.HostnameOption;
import sallyport.gateway.directory.OwnName;
import sallyport.gateway.edge.PageFetch.Outcome;
import sallyport.gateway.edge.PageFetch.Page;
import sallyport.gateway.edge.PageFetch.Secured;
import sallyport.gateway.edge.Redirect;

/** The walk through a device's pages, and what it proposes. */
final class HostnameWalkTest {
    private static final String PATH = "/api/v1/hostnames/lab.mm.test/test";

    @TempDir
    Path data;

    private ConsoleFixture fixture;

    @BeforeEach
    void start() {
        fixture = new ConsoleFixture(data);
        fixture.add("lab", "");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private HostnameTestAnswer walk() {
        HttpResponse<String> answer = fixture.call("POST", PATH, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.readAnswer(answer.body().getBytes(StandardCharsets.UTF_8), HostnameTestAnswer.class);
    }

    private static Outcome page(int status, String text, String... cookies) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String cookie : cookies) {
            fields.add(Map.entry("Set-Cookie", cookie));
        }
        return new Outcome.Got(new Page(status, fields, Optional.empty(), text, Duration.ZERO, Optional.empty()));
    }

    private static Outcome redirect(Redirect.Where where, String target) {
        Redirect to = new Redirect(target, where, target);
        return new Outcome.Got(new Page(302, List.of(), Optional.of(to), "", Duration.ZERO, Optional.empty()));
    }

    private static Finding finding(HostnameTestAnswer answer, String about) {
        return answer.findings().stream()
                .filter(found -> found.about().startsWith(about))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_device_that_fights_nobody_needs_no_proposal() {
        fixture.pages.answer((route, port, host, target, more) -> page(200, "<a href='/status'>"));
        HostnameTestAnswer answer = walk();
        assertThat(answer.landing().good()).isTrue();
        assertThat(answer.proposal()).isEmpty();
        assertThat(answer.requests())
                .extracting(HostnameTestAnswer.Fetch::request)
                .containsExactly("GET /", "GET /status");
    }

    @Test
    void a_redirect_into_its_own_network_leads_to_names_that_are_mapped_back() {
        fixture.pages.answer((route, port, host, target, more) -> {
            boolean mapped = route.options().value(HostnameOption.DEVICE_NAMES).contains(OwnName.parse("192.168.7.20"));
            return target.equals("/login")
                    ? page(200, "login")
                    : mapped
                            ? redirect(Redirect.Where.HERE, "/login")
                            : redirect(Redirect.Where.PRIVATE, "192.168.7.20");
        });
        HostnameTestAnswer answer = walk();
        assertThat(answer.landing().good()).isFalse();
        assertThat(answer.proposal()).hasValueSatisfying(proposal -> {
            assertThat(proposal.command())
                    .isEqualTo("sallyport hostname set lab.mm.test --preset standard --device-names 192.168.7.20");
            assertThat(proposal.before().ends()).contains("192.168.7.20");
            assertThat(proposal.after().good()).isTrue();
        });
    }

    @Test
    void a_device_that_checks_host_is_tried_with_the_name_in_its_certificate() {
        Secured secured = new Secured("TLSv1.2", "x", "AA", List.of("cam.lan"));
        fixture.pages.answer((route, port, host, target, more) -> {
            boolean fits = route.options().value(HostnameOption.HOST).equals(Optional.of(OwnName.parse("cam.lan")));
            return new Outcome.Got(
                    new Page(fits ? 200 : 403, List.of(), Optional.empty(), "", Duration.ZERO, Optional.of(secured)));
        });
        HostnameTestAnswer answer = walk();
        assertThat(answer.tls())
                .hasValueSatisfying(tls -> assertThat(tls.protocol()).isEqualTo("TLSv1.2"));
        assertThat(answer.proposal().orElseThrow().options()).isEqualTo(Map.of("host", "cam.lan"));
    }

    @Test
    void a_device_that_refuses_proxies_is_tried_without_forwarded_fields() {
        fixture.pages.answer((route, port, host, target, more) ->
                page(route.options().value(HostnameOption.FORWARDED).isEmpty() ? 200 : 400, ""));
        assertThat(walk().proposal().orElseThrow().preset()).isEqualTo("hidden");
    }

    @Test
    void wide_cookies_private_addresses_and_sockets_without_an_origin_rule_are_found() {
        fixture.pages.answer((route, port, host, target, more) -> more.containsKey("Upgrade")
                ? page(101, "")
                : page(
                        200,
                        "<img src='http://192.168.7.20/x'> new WebSocket('ws://' + location.host + '/live')",
                        "sid=1; Domain=.mm.test"));
        HostnameTestAnswer answer = walk();
        assertThat(finding(answer, "cookies").found()).contains("sid", ".mm.test");
        assertThat(finding(answer, "addresses").found()).contains("192.168.7.20");
        assertThat(finding(answer, "WebSocket /live").found()).contains("does not check Origin");
    }

    @Test
    void a_walk_is_bounded_in_requests_whatever_the_device_answers() {
        StringBuilder links = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            links.append("<a href='/p")
                    .append(i)
                    .append("'> new WebSocket('/s")
                    .append(i)
                    .append("')");
        }
        fixture.pages.answer((route, port, host, target, more) ->
                target.equals("/") ? page(500, links.toString()) : redirect(Redirect.Where.HERE, target + "x"));
        assertThat(walk().requests())
                .hasSizeLessThanOrEqualTo(PageWalk.MAX_REQUESTS)
                .hasSizeGreaterThan(5);
    }

    @Test
    void no_more_than_a_few_walks_go_on_at_once() throws Exception {
        CountDownLatch started = new CountDownLatch(HostnameTests.MAX_RUNNING);
        CountDownLatch go = new CountDownLatch(1);
        fixture.pages.answer((route, port, host, target, more) -> {
            started.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return page(200, "");
        });
        List<Thread> walks = new ArrayList<>();
        for (int i = 0; i < HostnameTests.MAX_RUNNING; i++) {
            walks.add(Thread.ofVirtual().start(this::walk));
        }
        started.await();
        HttpResponse<String> refused = fixture.call("POST", PATH, "");
        go.countDown();
        for (Thread walk : walks) {
            walk.join();
        }
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("SP-336");
    }

    @Test
    void a_name_that_is_passed_through_cannot_be_tested() {
        fixture.call("PATCH", "/api/v1/hostnames/lab.mm.test", "{\"tls\":\"passthrough\"}");
        assertThat(fixture.call("POST", PATH, "").statusCode()).isEqualTo(422);
    }

    @Test
    void a_preset_sets_its_options_resets_the_others_it_covers_and_yields_to_what_is_named() {
        String path = "/api/v1/hostnames/lab.mm.test";
        fixture.call("PATCH", path, "{\"options\":{\"device-names\":\"cam.lan\"}}");
        assertThat(fixture.call("PATCH", path, "{\"preset\":\"local\",\"options\":{\"host\":\"cam.lan\"}}")
                        .body())
                .contains("\"options\":{\"device-names\":\"cam.lan\",\"forwarded\":\"none\",\"host\":\"cam.lan\"}");
        assertThat(fixture.call("PATCH", path, "{\"preset\":\"standard\"}").body())
                .contains("\"options\":{\"device-names\":\"cam.lan\"}");
        assertThat(fixture.call("PATCH", path, "{\"preset\":\"best\"}").statusCode())
                .isEqualTo(422);
    }
}
