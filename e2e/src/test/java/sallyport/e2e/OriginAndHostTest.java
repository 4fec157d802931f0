package sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import sallyport.testkit.Curl;
import sallyport.testkit.FakeAppliance;
import sallyport.testkit.Visitor;
import sallyport.testkit.WebSocketFrames;

/** G17: Host and Origin arrive unchanged, so that a device which compares them is content; what visitors claim is not believed. */
@ExtendWith(SharedGateway.class)
class OriginAndHostTest {
    @Test
    void deviceThatComparesOriginAndHostAcceptsTheWebSocket(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.tls("own-origin"));
        scene.online("own-origin", appliance.port());
        try (Visitor visitor = scene.gateway().connect("own-origin")) {
            WebSocketFrames frames = visitor.webSocket("own-origin.sallyport.test", "/own-origin");
            frames.text("agreed");
            assertThat(frames.read().text()).isEqualTo("agreed");
        }
    }

    @Test
    void deviceSeesTheVisitorsHostAndWhereTheRequestCameFrom(Scene scene) {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("headers"));
        scene.online("headers", appliance.port());
        int https = scene.gateway().ports().https();

        String seen = scene.gateway()
                .visit("headers", "/echo/a%2Fb//c?d=%C3%A9&&")
                .header("X-Forwarded-For: 203.0.113.9")
                .header("Forwarded: for=203.0.113.9")
                .with("--path-as-is")
                .run()
                .body();

        assertThat(seen).startsWith("GET /echo/a%2Fb//c?d=%C3%A9&& HTTP/1.1");
        assertThat(seen).containsIgnoringCase("Host: headers.sallyport.test:" + https);
        assertThat(seen).containsIgnoringCase("X-Forwarded-For: 127.0.0.1");
        assertThat(seen).containsIgnoringCase("X-Forwarded-Proto: https");
        assertThat(seen).containsIgnoringCase("X-Forwarded-Host: headers.sallyport.test");
        assertThat(seen).doesNotContain("203.0.113.9");
    }

    @Test
    void hostnameWithoutHttp2OffersHttp11Alone(Scene scene) {
        scene.online("older", scene.use(FakeAppliance.plain("older")).port());
        assertThat(protocol(scene)).contains("HTTP/2 200");

        assertThat(scene.command("hostname", "set", "older.sallyport.test", "--http2", "off")
                        .exitCode())
                .isZero();
        assertThat(protocol(scene)).contains("HTTP/1.1 200");

        assertThat(scene.command("hostname", "set", "older.sallyport.test", "--http2", "default")
                        .exitCode())
                .isZero();
        assertThat(protocol(scene)).contains("HTTP/2 200");
    }

    private static String protocol(Scene scene) {
        return scene.gateway().visit("older", "/").with("--http2").run().head();
    }

    @Test
    void requestForAnotherHostThanTheConnectionsIsMisdirected(Scene scene) throws IOException {
        FakeAppliance appliance = scene.use(FakeAppliance.plain("one-name"));
        FakeAppliance other = scene.use(FakeAppliance.plain("other-name"));
        scene.online("one-name", appliance.port());
        scene.online("other-name", other.port());
        int before = other.server().requests();

        try (Visitor visitor = scene.gateway().connect("one-name")) {
            assertThat(visitor.get("other-name.sallyport.test", "/").status()).isEqualTo(421);
        }

        Curl.Answer fine = scene.gateway().visit("other-name", "/").run();
        assertThat(fine.body()).isEqualTo("other-name");
        assertThat(other.server().requests()).isEqualTo(before + 1);
    }
}
