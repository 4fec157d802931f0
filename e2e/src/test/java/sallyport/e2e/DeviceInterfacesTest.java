package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Nginx;
import sallyport.testkit.Program;
import sallyport.testkit.Visitor;
import sallyport.testkit.WebSocketFrames;

/** G17, G18: web interfaces that insist on their own name, or send visitors to their own network. */
@ExtendWith(SharedGateway.class)
class DeviceInterfacesTest {
    private static final Pattern PROPOSAL = Pattern.compile("Proposal: sallyport (hostname set .*)");

    /** Its first page may be a redirect or a refusal: it is there as soon as its own answer comes. */
    private static void present(Scene scene, String name, int target, int status) {
        int port = scene.newPort();
        scene.use(scene.ssh(scene.enrol(name, device -> device.port(port)))
                .exitOnForwardFailure()
                .forward(port, target)
                .start());
        await().atMost(Scene.SOON)
                .until(() -> scene.gateway().visit(name, "/").run().status() == status);
    }

    private static void followProposal(Scene scene, Program.Result test) {
        Matcher proposal = PROPOSAL.matcher(test.stdout());
        assertThat(proposal.find()).as(test.stdout()).isTrue();
        assertThat(scene.command(proposal.group(1).split(" ")).exitCode()).isZero();
    }

    @Test
    void redirectToALanAddressIsAWarningUntilTheProposalOfTheTestIsFollowed(Scene scene) {
        Nginx nginx = scene.use(Nginx.tls("to-lan", """
                location = / { return 302 https://192.168.7.20/login; }
                    location = /login { add_header Set-Cookie "sid=1; Domain=lan"; return 200 "login page"; }
                """));
        present(scene, "to-lan", nginx.port(), 302);
        String name = "to-lan.sallyport.test";
        assertThat(scene.command("hostname", "show", name).stderr()).contains("warning: SP-335", "192.168.7.20");

        Program.Result before = scene.command("hostname", "test", name);
        assertThat(before.exitCode()).isEqualTo(1);
        assertThat(before.stdout())
                .contains(
                        "192.168.7.20",
                        "certificate SHA-256",
                        "Before: no page, status 302",
                        "After:  a page, status 200");
        followProposal(scene, before);

        Curl.Answer landed =
                scene.gateway().visit("to-lan", "/").with("--location").run();
        assertThat(landed.body()).isEqualTo("login page");
        assertThat(landed.head()).contains("sid=1; Secure").doesNotContain("Domain");
        assertThat(scene.command("hostname", "show", name).stderr()).isEmpty();
        assertThat(scene.command("hostname", "test", name).exitCode()).isZero();
    }

    @Test
    void deviceThatServesItsOwnNameAloneIsAskedForThatName(Scene scene) {
        Nginx nginx = scene.use(Nginx.tls("strict", """
                location / {
                      if ($http_host != "strict.local") { return 403; }
                      return 200 "$http_host $http_origin $http_referer [$http_x_forwarded_for]";
                    }
                """));
        present(scene, "strict", nginx.port(), 403);
        String name = "strict.sallyport.test";
        followProposal(scene, scene.command("hostname", "test", name));
        scene.command("hostname", "set", name, "--forwarded", "none");

        String own = "https://" + name + ":" + scene.gateway().ports().https();
        assertThat(scene.gateway()
                        .visit("strict", "/")
                        .header("Origin: " + own)
                        .header("Referer: " + own + "/from?x")
                        .run()
                        .body())
                .isEqualTo("strict.local https://strict.local https://strict.local/from?x []");
    }

    @Test
    void deviceThatComparesOriginWithARewrittenHostAcceptsTheWebSocket(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("renamed"));
        scene.online("renamed", appliance.port());
        for (String host : List.of("cam.lan", "192.168.7.20:8443")) {
            scene.command("hostname", "set", "renamed.sallyport.test", "--host", host);
            assertThat(scene.gateway().visit("renamed", "/echo").run().body())
                    .containsIgnoringCase("\nHost: " + host + "\n");
            try (Visitor visitor = scene.gateway().connect("renamed")) {
                WebSocketFrames frames = visitor.webSocket(
                        "renamed.sallyport.test:" + scene.gateway().ports().https(), "/own-origin");
                frames.text("agreed");
                assertThat(frames.read().text()).isEqualTo("agreed");
            }
        }
    }
}
